import { FileCheck } from 'lucide-react'
import { uploadHref } from '@/components/apt/places'
import { uploadTitle } from '@/components/apt/uploads/title'
import { type Column, columnsOf } from '@/components/ui/columns'
import { OneLine } from '@/components/ui/OneLine'
import { RowLink } from '@/components/ui/RowLink'
import { StateBadge } from '@/components/ui/StateBadge'
import { sizeColumn } from '@/components/ui/size-column'
import { textColumn } from '@/components/ui/text-column'
import { timeColumn } from '@/components/ui/time-column'
import type { UploadSummary } from '@/server/apt/uploads/schema'

const ways: Record<UploadSummary['via'], string> = {
  put: 'dput, dupload',
  api: 'API',
  portal: 'portal',
  import: 'import',
}

/** Columns of the uploads: what, what became of it, who, how much, when. */
export function uploadColumns(repo: string): Column<UploadSummary>[] {
  return columnsOf<UploadSummary>([
    {
      id: 'what',
      header: 'Upload',
      card: 'head',
      skeleton: 28,
      csv: uploadTitle,
      cell: (upload) => (
        <RowLink href={uploadHref(repo, upload.id)}>
          <span title={uploadTitle(upload)} className="truncate">
            {uploadTitle(upload)}
          </span>
        </RowLink>
      ),
    },
    {
      id: 'state',
      header: 'State',
      width: '8rem',
      skeleton: 9,
      csv: ({ state }) => state,
      cell: ({ state, error }) => (
        <StateBadge state={state} cause={error && <p className="break-words">{error}</p>} />
      ),
    },
    textColumn(({ branch }) => branch, {
      id: 'branch',
      header: 'Branch',
      width: '8rem',
      skeleton: 8,
    }),
    {
      id: 'who',
      header: 'By',
      width: '11rem',
      skeleton: 12,
      csv: ({ actorName }) => actorName,
      cell: ({ actorName, signer }) => (
        <span className="flex min-w-0 items-center gap-1">
          <OneLine text={actorName} />
          {signer !== null && <Signed by={signer} />}
        </span>
      ),
    },
    { id: 'signer', header: 'Signed by', csv: ({ signer }) => signer },
    {
      id: 'via',
      header: 'Through',
      width: '8rem',
      from: 'xl',
      card: 'hidden',
      skeleton: 6,
      csv: ({ via }) => via,
      cell: ({ via }) => ways[via],
    },
    {
      id: 'files',
      header: 'Files',
      width: '5rem',
      align: 'end',
      from: 'lg',
      card: 'hidden',
      skeleton: 3,
      csv: ({ files }) => files,
      cell: ({ files }) => files,
    },
    sizeColumn(({ size }) => size, { card: 'hidden' }),
    timeColumn(({ createdAt }) => createdAt, { card: 'end' }),
  ])
}

function Signed({ by }: { by: string }) {
  return (
    <span title={`Signed by ${by}`} className="inline-flex shrink-0 text-ok">
      <FileCheck aria-hidden size={14} />
      <span className="sr-only">signed by {by}</span>
    </span>
  )
}
