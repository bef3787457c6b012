import { Copy, Ellipsis, GitCompare, History } from 'lucide-react'
import Link from 'next/link'
import { moveHref, uploadHref } from '@/components/apt/places'
import { snapshotLine } from '@/components/apt/setup/source-lines'
import { Badge } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { Count } from '@/components/ui/Count'
import { type Column, columnsOf } from '@/components/ui/columns'
import { DropdownMenu } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { menuColumn } from '@/components/ui/menu-column'
import { sizeColumn } from '@/components/ui/size-column'
import { textColumn } from '@/components/ui/text-column'
import { timeColumn } from '@/components/ui/time-column'
import { useCopy } from '@/components/ui/use-copy'
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
          <Copyable value={snapshot.snapshotId} label={`the name ${snapshot.snapshotId}`} tail={8} />
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
    textColumn(({ actorName }) => actorName, {
      id: 'who',
      header: 'Who',
      width: '12rem',
      skeleton: 12,
    }),
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
    sizeColumn(({ size }) => size, { from: 'lg', card: 'hidden' }),
    timeColumn(({ at }) => at),
    menuColumn((snapshot) => <SnapshotMenu snapshot={snapshot} {...context} />),
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

function SnapshotMenu({ snapshot, ...context }: ColumnContext & { snapshot: Snapshot }) {
  const { repository, refusal, onCompare, onRollBack } = context
  const { copy } = useCopy('The line is copied. With it apt stays at this snapshot.')
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
          label: 'Copy the line for apt',
          icon: Copy,
          onSelect: () => copy(snapshotLine(repository, snapshot)),
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
