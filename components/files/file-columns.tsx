import { FileCause } from '@/components/files/FileCause'
import { FileMenu } from '@/components/files/FileMenu'
import { type Column, columnsOf } from '@/components/ui/columns'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { menuColumn } from '@/components/ui/menu-column'
import { RowLink } from '@/components/ui/RowLink'
import { StateBadge } from '@/components/ui/StateBadge'
import { declaredColumns } from '@/components/uses/declared-columns'
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
    ...declaredColumns<FileSummary>(),
    menuColumn((file) => <FileMenu file={file} onRetire={() => onRetire(file)} />),
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
