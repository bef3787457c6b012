'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CloudDownload, FileCheck, Upload } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useMemo, useState } from 'react'
import { branchFilter } from '@/components/apt/branch-filter'
import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import { uploadHref } from '@/components/apt/places'
import { DropZone } from '@/components/apt/uploads/DropZone'
import { uploadsOf } from '@/components/apt/uploads/queries'
import { uploadTitle } from '@/components/apt/uploads/title'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { type Column, columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar, filterOf } from '@/components/ui/FilterBar'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { Size } from '@/components/ui/Size'
import { StateBadge } from '@/components/ui/StateBadge'
import { stateOptions } from '@/components/ui/states'
import { Time } from '@/components/ui/Time'
import type { RepositoryDetail } from '@/server/apt/schema'
import type { UploadState, UploadSummary } from '@/server/apt/uploads/schema'

const ImportDialog = dynamic(
  async () => (await import('@/components/apt/uploads/ImportDialog')).ImportDialog,
  { ssr: false },
)

const ways: Record<UploadSummary['via'], string> = {
  put: 'dput, dupload',
  api: 'API',
  portal: 'portal',
  import: 'import',
}

function columnsFor(repo: string): Column<UploadSummary>[] {
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
    {
      id: 'branch',
      header: 'Branch',
      width: '8rem',
      skeleton: 8,
      csv: ({ branch }) => branch,
      cell: ({ branch }) => <span className="block truncate">{branch}</span>,
    },
    {
      id: 'who',
      header: 'By',
      width: '11rem',
      skeleton: 12,
      csv: ({ actorName }) => actorName,
      cell: ({ actorName, signer }) => (
        <span className="flex min-w-0 items-center gap-1">
          <span className="truncate">{actorName}</span>
          {signer !== null && <Signed by={signer} />}
        </span>
      ),
    },
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
    {
      id: 'size',
      header: 'Size',
      width: '6.5rem',
      align: 'end',
      skeleton: 7,
      csv: ({ size }) => size,
      cell: ({ size }) => <Size bytes={size} />,
    },
    {
      id: 'when',
      header: 'When',
      width: '7rem',
      align: 'end',
      card: 'end',
      skeleton: 8,
      csv: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
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

interface UploadsProps {
  repository: RepositoryDetail
  filter: RepositoryFilter
  onFilter: RepositoryFilterChange
}

/** What was uploaded, what became of it, and a place to drop more. */
export function Uploads({ repository, filter, onFilter }: UploadsProps) {
  const { q, state, branch, cursor } = filter
  const [isImporting, setImporting] = useState(false)
  const uploads = useQuery({
    ...uploadsOf(repository.name, { q, state, branch, cursor }),
    placeholderData: keepPreviousData,
  })
  const columns = useMemo(() => columnsFor(repository.name), [repository.name])
  const importRefusal = useRefusal('apt.import')
  const isNarrowed = [q, state, branch].some((value) => value !== undefined)
  return (
    <>
      <DropZone repository={repository} />
      <FilterBar
        searchLabel="Search uploads"
        search={q}
        onSearch={(next) => onFilter({ q: next }, 'replace')}
        onClear={() => onFilter({ q: undefined, state: undefined, branch: undefined })}
        filters={[
          filterOf<UploadState>({
            any: 'Any state',
            label: 'State',
            value: state,
            options: stateOptions(['receiving', 'accepted', 'rejected']),
            onChange: (next) => onFilter({ state: next }),
          }),
          branchFilter(repository, filter, onFilter),
        ]}
      >
        {importRefusal === undefined && (
          <Button icon={CloudDownload} onClick={() => setImporting(true)}>
            Import a repository
          </Button>
        )}
      </FilterBar>
      <DataTable
        label="Uploads"
        query={uploads}
        columns={columns}
        csv={`uploads-${repository.name}`}
        empty={
          isNarrowed ? (
            <EmptyState icon={Upload} sentence="No upload matches these filters." />
          ) : (
            <EmptyState
              icon={Upload}
              sentence="Nothing was uploaded yet. Drop files above, or send a build with dput."
              command={`dput ${repository.name}-${repository.branches[0]?.name ?? 'unstable'} hello_1.0-1_amd64.changes`}
            />
          )
        }
        pagination={
          <Pagination
            cursor={cursor}
            nextCursor={uploads.data?.nextCursor}
            onCursor={(next) => onFilter({ cursor: next })}
          />
        }
      />
      {isImporting && <ImportDialog repository={repository} onClose={() => setImporting(false)} />}
    </>
  )
}
