import { FileCause } from '@/components/files/FileCause'
import { FileMenu } from '@/components/files/FileMenu'
import { Badge } from '@/components/ui/Badge'
import { type Column, columnsOf } from '@/components/ui/columns'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { RowLink } from '@/components/ui/RowLink'
import { Size } from '@/components/ui/Size'
import { StateBadge } from '@/components/ui/StateBadge'
import { Time } from '@/components/ui/Time'
import type { FileSummary } from '@/server/mirror/schema'

/** Columns of the files list. @param onRetire asks before the team's use of this file is retired. */
export function fileColumns(onRetire: (file: FileSummary) => void): Column<FileSummary>[] {
  return columnsOf<FileSummary>([
    {
      id: 'what',
      header: 'File',
      card: 'head',
      skeleton: 52,
      csv: ({ uri }) => uri,
      cell: ({ id, uri }) => (
        <RowLink href={`/files/${id}`}>
          <span className="flex min-w-0" title={uri}>
            <MiddleTruncate text={shownUri(uri)} tail={tailOf(uri)} />
          </span>
        </RowLink>
      ),
    },
    {
      id: 'state',
      header: 'State',
      width: '7.5rem',
      skeleton: 9,
      csv: ({ state }) => state,
      cell: (file) => (
        <StateBadge state={file.state} cause={file.error === null ? undefined : <FileCause file={file} />} />
      ),
    },
    {
      id: 'who',
      header: 'Who',
      width: '9rem',
      skeleton: 10,
      csv: ({ teams }) => teams.join(' '),
      cell: ({ teams }) => <Teams teams={teams} />,
    },
    {
      id: 'why',
      header: 'Why',
      width: '21%',
      from: 'lg',
      card: 'line',
      skeleton: 24,
      csv: ({ reason }) => reason,
      cell: ({ reason }) =>
        reason && (
          <span className="line-clamp-1" title={reason}>
            {reason}
          </span>
        ),
    },
    {
      id: 'size',
      header: 'Size',
      width: '6rem',
      align: 'end',
      skeleton: 7,
      csv: ({ size }) => size,
      cell: ({ size }) => <Size bytes={size} />,
    },
    {
      id: 'when',
      header: 'Declared',
      width: '6.5rem',
      align: 'end',
      skeleton: 8,
      csv: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: 'menu',
      header: 'Actions',
      hiddenHeader: true,
      width: '3rem',
      align: 'end',
      card: 'end',
      skeleton: 2,
      cell: (file) => <FileMenu file={file} onRetire={() => onRetire(file)} />,
    },
  ])
}

const MOST_TAIL = 40

/** Nearly all are https, so only the others say what they are. */
function shownUri(uri: string): string {
  return uri.replace(/^https:\/\//, '')
}

/** The name of the file stays whole where it is not too long. */
function tailOf(uri: string): number {
  const path = uri.replace(/\?.*$/, '')
  const name = uri.length - path.lastIndexOf('/')
  return Math.min(MOST_TAIL, Math.max(8, name))
}

const TEAMS = 2

function Teams({ teams }: { teams: readonly string[] }) {
  return (
    <span className="flex min-w-0 gap-1" title={teams.join(', ')}>
      {teams.slice(0, teams.length > TEAMS ? 1 : TEAMS).map((team) => (
        <Badge key={team}>{team}</Badge>
      ))}
      {teams.length > TEAMS && <Badge>{`+${teams.length - 1}`}</Badge>}
    </span>
  )
}
