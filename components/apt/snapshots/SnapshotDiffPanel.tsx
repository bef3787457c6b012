'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowRight, X } from 'lucide-react'
import { Difference } from '@/components/apt/snapshots/Difference'
import { diffOf } from '@/components/apt/snapshots/queries'
import { IconButton } from '@/components/ui/IconButton'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
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
      actions={<IconButton size="small" icon={X} label="Close the difference" onClick={onClose} />}
    >
      <p className="flex min-w-0 flex-wrap items-center gap-x-2 pb-3 text-ink-muted text-xs">
        <span className="font-mono">{nameOf(from)}</span>
        <ArrowRight aria-hidden size={13} className="shrink-0 text-ink-faint" />
        <span className="sr-only">to</span>
        <span className="font-mono">{nameOf(to)}</span>
      </p>
      {error ? (
        <Notice tone="failed">{sentenceOf(error)}</Notice>
      ) : diff ? (
        <Difference diff={diff} />
      ) : (
        <Skeleton height={90} />
      )}
    </Panel>
  )
}
