'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CloudDownload, Upload } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useMemo, useState } from 'react'
import { branchFilter } from '@/components/apt/branch-filter'
import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import { DropZone } from '@/components/apt/uploads/DropZone'
import { uploadsOf } from '@/components/apt/uploads/queries'
import { uploadColumns } from '@/components/apt/uploads/upload-columns'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar, filterOf } from '@/components/ui/FilterBar'
import { Pagination } from '@/components/ui/Pagination'
import { stateOptions } from '@/components/ui/states'
import type { RepositoryDetail } from '@/server/apt/schema'
import type { UploadState } from '@/server/apt/uploads/schema'

const ImportDialog = dynamic(
  async () => (await import('@/components/apt/uploads/ImportDialog')).ImportDialog,
  { ssr: false },
)

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
  const columns = useMemo(() => uploadColumns(repository.name), [repository.name])
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
