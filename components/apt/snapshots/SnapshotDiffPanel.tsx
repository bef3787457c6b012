'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowRight, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { type DifferenceLine, differencesOf } from '@/components/apt/snapshots/differences'
import { diffOf } from '@/components/apt/snapshots/queries'
import { Badge } from '@/components/ui/Badge'
import { IconButton } from '@/components/ui/IconButton'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { ScrollRegion } from '@/components/ui/ScrollRegion'
import { Skeleton } from '@/components/ui/Skeleton'
import { sentenceOf } from '@/components/use-action'
import type { Snapshot } from '@/server/apt/schema'

interface SnapshotDiffPanelProps {
  repo: string
  branch: string
  from: string
  to: string | undefined
  /** Those that are listed, for their names. */
  snapshots: readonly Snapshot[] | undefined
  onClose: () => void
}

/** What came, left and changed between two snapshots of a branch. */
export function SnapshotDiffPanel({ repo, branch, from, to, snapshots, onClose }: SnapshotDiffPanelProps) {
  const { data: diff, error } = useQuery(diffOf(repo, { branch, from, ...(to !== undefined && { to }) }))
  const nameOf = (id: string | undefined) =>
    id === undefined ? 'now' : (snapshots?.find((one) => one.id === id)?.snapshotId ?? `snapshot ${id}`)
  return (
    <Panel
      title="Difference"
      actions={
        <span className="flex min-w-0 items-center gap-2 text-xs">
          <span className="truncate font-mono">{nameOf(from)}</span>
          <ArrowRight aria-hidden size={13} className="shrink-0 text-ink-faint" />
          <span className="sr-only">to</span>
          <span className="truncate font-mono">{nameOf(to)}</span>
          <IconButton size="small" icon={X} label="Close the difference" onClick={onClose} />
        </span>
      }
    >
      {error ? (
        <Notice tone="failed">{sentenceOf(error)}</Notice>
      ) : diff ? (
        <Difference {...differencesOf(diff.changes)} isCut={diff.truncated} />
      ) : (
        <Skeleton height={90} />
      )}
    </Panel>
  )
}

interface DifferenceProps {
  came: readonly DifferenceLine[]
  left: readonly DifferenceLine[]
  changed: readonly DifferenceLine[]
  isCut: boolean
}

function Difference({ came, left, changed, isCut }: DifferenceProps) {
  if (came.length + left.length + changed.length === 0) {
    return <p className="text-ink-muted text-sm">The same packages in both.</p>
  }
  return (
    <div className="flex flex-col gap-4">
      {isCut && <Notice tone="attention">There are more differences than are shown here.</Notice>}
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-3">
        <Group title="Came" count={came.length}>
          {came.map((line) => (
            <Line key={line.key} line={line}>
              {line.after.join(' ')}
            </Line>
          ))}
        </Group>
        <Group title="Left" count={left.length}>
          {left.map((line) => (
            <Line key={line.key} line={line}>
              {line.before.join(' ')}
            </Line>
          ))}
        </Group>
        <Group title="Other version" count={changed.length}>
          {changed.map((line) => (
            <Line key={line.key} line={line}>
              {line.before.join(' ')} → {line.after.join(' ')}
            </Line>
          ))}
        </Group>
      </div>
    </div>
  )
}

function Group({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-1.5">
      <h3 className="text-sm">
        {title} <span className="font-normal text-ink-muted">{count}</span>
      </h3>
      {count === 0 ? (
        <p className="text-ink-muted text-sm">None.</p>
      ) : (
        <div className="overflow-hidden rounded-md border border-line">
          <ScrollRegion label={title} axis="y">
            <ul className="divide-y divide-line">{children}</ul>
          </ScrollRegion>
        </div>
      )}
    </section>
  )
}

function Line({ line: { name, architectures }, children }: { line: DifferenceLine; children: ReactNode }) {
  return (
    <li className="flex flex-col gap-0.5 px-2.5 py-1.5 text-sm">
      <span className="flex min-w-0 flex-wrap items-center gap-x-2">
        <span className="min-w-0">{name}</span>
        <Badge>{architectures.join(' ')}</Badge>
      </span>
      <span className="font-mono text-xs">{children}</span>
    </li>
  )
}
