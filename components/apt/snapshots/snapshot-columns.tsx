import { Ellipsis, GitCompare, History } from 'lucide-react'
import Link from 'next/link'
import { moveHref, uploadHref } from '@/components/apt/places'
import { snapshotLine } from '@/components/apt/setup/source-lines'
import { Badge } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { Count } from '@/components/ui/Count'
import { type Column, columnsOf } from '@/components/ui/columns'
import { DropdownMenu } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { Size } from '@/components/ui/Size'
import { Time } from '@/components/ui/Time'
import type { RepositoryDetail, Snapshot } from '@/server/apt/schema'

const causes: Record<Snapshot['cause'], string> = {
  upload: 'Upload',
  import: 'Import',
  move: 'Move',
  remove: 'Taken out',
  undo: 'Taken back',
  roll_back: 'Roll-back',
  settings: 'Settings',
  refresh: 'Signed anew',
}

interface ColumnContext {
  repository: RepositoryDetail
  refusal: string | undefined
  onCompare: (snapshot: Snapshot) => void
  onRollBack: (snapshot: Snapshot) => void
}

/** Columns of the snapshots: which, why, who, how much, when. */
export function snapshotColumns(context: ColumnContext): Column<Snapshot>[] {
  const { repository } = context
  return columnsOf<Snapshot>([
    {
      id: 'snapshot',
      header: 'Snapshot',
      card: 'head',
      skeleton: 22,
      csv: ({ snapshotId }) => snapshotId,
      cell: (snapshot) => (
        <span className="flex min-w-0 flex-wrap items-center gap-x-2">
          <Copyable
            value={snapshotLine(repository, snapshot)}
            shown={snapshot.snapshotId}
            label={`line for sources.list at ${snapshot.snapshotId}`}
            tail={8}
          />
          {snapshot.current && <Badge tone="ok">now</Badge>}
        </span>
      ),
    },
    {
      id: 'cause',
      header: 'Cause',
      width: '9rem',
      skeleton: 9,
      csv: ({ cause }) => cause,
      cell: (snapshot) => <Cause repo={repository.name} snapshot={snapshot} />,
    },
    {
      id: 'who',
      header: 'Who',
      width: '12rem',
      skeleton: 12,
      csv: ({ actorName }) => actorName,
      cell: ({ actorName }) => <span className="block truncate">{actorName}</span>,
    },
    {
      id: 'packages',
      header: 'Packages',
      width: '7rem',
      align: 'end',
      card: 'hidden',
      skeleton: 5,
      csv: ({ packages }) => packages,
      cell: ({ packages }) => <Count value={packages} />,
    },
    {
      id: 'sources',
      header: 'Sources',
      width: '6.5rem',
      align: 'end',
      from: 'lg',
      card: 'hidden',
      skeleton: 5,
      csv: ({ sources }) => sources,
      cell: ({ sources }) => <Count value={sources} />,
    },
    {
      id: 'size',
      header: 'Size',
      width: '6.5rem',
      align: 'end',
      from: 'lg',
      card: 'hidden',
      skeleton: 7,
      csv: ({ size }) => size,
      cell: ({ size }) => <Size bytes={size} />,
    },
    {
      id: 'when',
      header: 'When',
      width: '7rem',
      align: 'end',
      skeleton: 8,
      csv: ({ at }) => at,
      cell: ({ at }) => <Time at={at} />,
    },
    {
      id: 'menu',
      header: 'Actions',
      hiddenHeader: true,
      width: '3.5rem',
      align: 'end',
      card: 'end',
      skeleton: 2,
      cell: (snapshot) => <SnapshotMenu snapshot={snapshot} {...context} />,
    },
  ])
}

function Cause({ repo, snapshot: { cause, causeId } }: { repo: string; snapshot: Snapshot }) {
  const href =
    causeId === null
      ? undefined
      : cause === 'upload'
        ? uploadHref(repo, causeId)
        : ['move', 'remove', 'undo', 'roll_back'].includes(cause)
          ? moveHref(repo, causeId)
          : undefined
  if (href === undefined) return causes[cause]
  return (
    <Link href={href} prefetch={false} className="rounded-sm hover:text-accent hover:underline">
      {causes[cause]}
    </Link>
  )
}

function SnapshotMenu({ snapshot, refusal, onCompare, onRollBack }: ColumnContext & { snapshot: Snapshot }) {
  const now = snapshot.current ? 'The branch shows it now.' : undefined
  return (
    <DropdownMenu
      trigger={<IconButton icon={Ellipsis} label={`Actions for ${snapshot.snapshotId}`} />}
      entries={[
        {
          label: 'Compare with now',
          icon: GitCompare,
          disabledReason: now,
          onSelect: () => onCompare(snapshot),
        },
        {
          label: 'Roll back to it',
          icon: History,
          danger: true,
          disabledReason: now ?? refusal,
          onSelect: () => onRollBack(snapshot),
        },
      ]}
    />
  )
}
