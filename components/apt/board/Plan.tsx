'use client'

import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { moveLines, planLines, problemLines } from '@/components/apt/board/plan'
import { Badge } from '@/components/ui/Badge'
import { Notice } from '@/components/ui/Notice'
import { ScrollRegion } from '@/components/ui/ScrollRegion'
import { Skeleton } from '@/components/ui/Skeleton'
import type { MovePlan, PlanPackage, PlanProblem } from '@/server/apt/moves/schema'

const problemWords: Record<PlanProblem['kind'], string> = {
  unsatisfied: 'dependency missing',
  last_provider: 'last provider leaves',
  downgrade: 'older version',
}

/** What a move would do: what moves, what it replaces, what would not fit any more, and whether somebody must agree. */
export function Plan({ plan, to }: { plan: MovePlan; to: string }) {
  const { moves, already, replaces, problems, needsApproval } = plan
  const leaving = replaces.filter(({ leaves }) => leaves)
  return (
    <div className="flex flex-col gap-3 text-sm">
      {needsApproval && (
        <Notice>{to} takes packages only when a second person agrees. You ask; a maintainer decides.</Notice>
      )}
      {moves.length === 0 && <Notice tone="ok">All of it is in {to} already.</Notice>}
      {problems.length > 0 && <Problems problems={problems} />}
      {moves.length > 0 && (
        <Part title={`Moves: ${count(moves)}`} label="What moves">
          {moveLines(plan).map(({ key, name, version, architectures, before }) => (
            <Line key={key} name={name} version={version} before={before}>
              {architectures.join(' ')}
            </Line>
          ))}
        </Part>
      )}
      {leaving.length > 0 && (
        <Part title={`Leaves ${to}: ${count(leaving)}`} label="What it replaces">
          {planLines(leaving).map(({ key, name, version, architectures }) => (
            <Line key={key} name={name} version={version}>
              {architectures.join(' ')}
            </Line>
          ))}
        </Part>
      )}
      {leaving.length < replaces.length && (
        <p className="text-ink-muted text-xs">The versions before stay in {to}; apt installs the newest.</p>
      )}
      {moves.length > 0 && already.length > 0 && (
        <Part title={`There already: ${count(already)}`} label="What is there already">
          {planLines(already).map(({ key, name, version, architectures }) => (
            <Line key={key} name={name} version={version}>
              {architectures.join(' ')}
            </Line>
          ))}
        </Part>
      )}
    </div>
  )
}

function count(packages: readonly PlanPackage[]): string {
  return packages.length === 1 ? '1 package' : `${packages.length} packages`
}

function Part({ title, label, children }: { title: string; label: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-1">
      <h3 className="text-sm">{title}</h3>
      <div className="overflow-hidden rounded-md border border-line">
        <ScrollRegion label={label} axis="y">
          <ul className="divide-y divide-line">{children}</ul>
        </ScrollRegion>
      </div>
    </section>
  )
}

interface LineProps {
  name: string
  version: string
  /** What clients have until then. */
  before?: readonly string[]
  children: ReactNode
}

function Line({ name, version, before = [], children }: LineProps) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-2 px-2.5 py-1">
      <span className="min-w-0">{name}</span>
      <span className="font-mono text-xs">
        {before.length > 0 && <span className="text-ink-muted">{before.join(', ')} → </span>}
        {version}
      </span>
      <span className="ml-auto text-ink-muted text-xs">{children}</span>
    </li>
  )
}

function Problems({ problems }: { problems: readonly PlanProblem[] }) {
  const lines = problemLines(problems)
  return (
    <section className="flex flex-col gap-1">
      <h3 className="flex items-center gap-1.5 text-attention text-sm">
        <TriangleAlert aria-hidden size={14} />
        {lines.length === 1 ? 'One problem it would make' : `${lines.length} problems it would make`}
      </h3>
      <div className="overflow-hidden rounded-md border border-line">
        <ScrollRegion label="Problems" axis="y">
          <ul className="divide-y divide-line">
            {lines.map(({ key, kind, branch, relation, message, others }) => (
              <li key={key} className="flex flex-col gap-1 px-2.5 py-1.5">
                <span className="flex flex-wrap items-center gap-2">
                  <Badge tone="attention">{problemWords[kind]}</Badge>
                  <span className="text-ink-muted text-xs">in {branch}</span>
                </span>
                <span>
                  {message}
                  {others.length > 0 && ` The same on ${others.join(', ')}.`}
                </span>
                {relation !== null && !message.includes(relation) && (
                  <span className="font-mono text-xs">{relation}</span>
                )}
              </li>
            ))}
          </ul>
        </ScrollRegion>
      </div>
    </section>
  )
}

/** In the size of a small plan. */
export function PlanSkeleton() {
  return (
    <div className="flex flex-col gap-2">
      <Skeleton width={16} />
      <Skeleton height={58} />
    </div>
  )
}
