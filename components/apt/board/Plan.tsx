'use client'

import { ShieldCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { planLines } from '@/components/apt/board/plan'
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
  return (
    <div className="flex flex-col gap-3 text-sm">
      {needsApproval && (
        <Notice>
          <ShieldCheck aria-hidden size={14} className="mr-1 inline" />
          {to} takes packages only when a second person agrees. You ask; a maintainer decides.
        </Notice>
      )}
      {moves.length === 0 && <Notice tone="ok">All of it is in {to} already.</Notice>}
      {problems.length > 0 && <Problems problems={problems} />}
      {moves.length > 0 && (
        <Part title={`Moves: ${count(moves)}`} label="What moves">
          {planLines(moves).map(({ key, name, version, architectures }) => (
            <Line key={key} name={name} version={version}>
              {architectures.join(' ')}
            </Line>
          ))}
        </Part>
      )}
      {replaces.length > 0 && (
        <Part title={`Comes in front of: ${count(replaces)}`} label="What it replaces">
          {planLines(replaces).map(({ key, name, version, architectures, items }) => (
            <Line key={key} name={name} version={version}>
              {architectures.join(' ')}{' '}
              {items.every(({ leaves }) => leaves) ? '· leaves the branch' : '· stays'}
            </Line>
          ))}
        </Part>
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

function Line({ name, version, children }: { name: string; version: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-2 px-2.5 py-1">
      <span className="min-w-0">{name}</span>
      <span className="font-mono text-xs">{version}</span>
      <span className="ml-auto text-ink-muted text-xs">{children}</span>
    </li>
  )
}

function Problems({ problems }: { problems: readonly PlanProblem[] }) {
  return (
    <section className="flex flex-col gap-1">
      <h3 className="flex items-center gap-1.5 text-attention text-sm">
        <TriangleAlert aria-hidden size={14} />
        {problems.length === 1 ? 'One problem it would make' : `${problems.length} problems it would make`}
      </h3>
      <div className="overflow-hidden rounded-md border border-line">
        <ScrollRegion label="Problems" axis="y">
          <ul className="divide-y divide-line">
            {problems.map(({ kind, branch, package: name, relation, message }) => (
              <li key={`${kind} ${branch} ${name} ${relation}`} className="flex flex-col gap-1 px-2.5 py-1.5">
                <span className="flex flex-wrap items-center gap-2">
                  <Badge tone="attention">{problemWords[kind]}</Badge>
                  <span className="text-ink-muted text-xs">in {branch}</span>
                </span>
                <span>{message}</span>
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
