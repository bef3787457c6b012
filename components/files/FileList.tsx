'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Archive, FileBox, Plus, RotateCw } from 'lucide-react'
import { useMemo, useState } from 'react'
import { FileFilters } from '@/components/files/FileFilters'
import { fileColumns } from '@/components/files/file-columns'
import type { FileFilter } from '@/components/files/filter'
import { changeFiles, fileKeys, fileList } from '@/components/files/queries'
import { RetireFiles } from '@/components/files/RetireFiles'
import { useRefusal, useViewer } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { PageHeader } from '@/components/ui/PageHeader'
import { Pagination } from '@/components/ui/Pagination'
import { useUrlState } from '@/components/url-state'
import { useAction } from '@/components/use-action'
import type { FileSummary } from '@/server/mirror/schema'

const none: never[] = []
const nothing: ReadonlySet<string> = new Set()

/** All declared files: search, filters, and what one can do with many at once. */
export function FileList() {
  const [filter, setFilter] = useUrlState<FileFilter>()
  const [selected, select] = useState(nothing)
  const [retiring, retire] = useState<readonly string[]>()
  const files = useQuery({ ...fileList(filter), placeholderData: keepPreviousData })
  const columns = useMemo(() => fileColumns((file) => retire([file.id])), [])
  const refusal = useRefusal('file.declare')
  const shown = files.data?.items ?? none
  return (
    <>
      <PageHeader
        title="Files"
        description="What is declared, for whom and why. Each is fetched once, kept for ever, and served under its own URL."
        actions={
          <Button
            variant="primary"
            icon={Plus}
            {...(refusal === undefined ? { href: '/files/declare' } : { disabledReason: refusal })}
          >
            Declare files
          </Button>
        }
      />
      <FileFilters filter={filter} onChange={setFilter} />
      <DataTable
        label="Files"
        query={files}
        columns={columns}
        csv="files"
        empty={<NoFiles filter={filter} />}
        selection={{
          ids: selected,
          onChange: select,
          actions: (
            <BulkActions
              files={shown.filter(({ id }) => selected.has(id))}
              onRetire={retire}
              onDone={() => select(nothing)}
            />
          ),
        }}
        pagination={
          <Pagination
            cursor={filter.cursor}
            nextCursor={files.data?.nextCursor}
            onCursor={(cursor) => {
              select(nothing)
              setFilter({ cursor })
            }}
          />
        }
      />
      {retiring && (
        <RetireFiles
          ids={retiring}
          onClose={() => retire(undefined)}
          onDone={() => {
            retire(undefined)
            select(nothing)
          }}
        />
      )}
    </>
  )
}

interface BulkActionsProps {
  files: readonly FileSummary[]
  onRetire: (ids: readonly string[]) => void
  onDone: () => void
}

function BulkActions({ files, onRetire, onDone }: BulkActionsProps) {
  const { team } = useViewer()
  const retryRefusal = useRefusal('file.retry')
  const useRefused = useRefusal('use.change')
  const failed = files.filter(({ state }) => state === 'failed').map(({ id }) => id)
  const ours = files.filter(({ teams }) => team !== undefined && teams.includes(team)).map(({ id }) => id)
  const retry = useAction(changeFiles, {
    success: ({ changed }) => (changed === 1 ? 'Fetching 1 file again.' : `Fetching ${changed} files again.`),
    invalidates: [fileKeys.all],
    onSuccess: onDone,
  })
  return (
    <>
      <Button
        size="small"
        icon={RotateCw}
        pending={retry.pending}
        disabledReason={retryRefusal ?? (failed.length === 0 ? 'None of these has failed.' : undefined)}
        onClick={() => retry.run({ ids: failed, action: 'retry' })}
      >
        {failed.length === 0 ? 'Fetch again' : `Fetch ${failed.length} failed again`}
      </Button>
      <Button
        size="small"
        icon={Archive}
        disabledReason={useRefused ?? (ours.length === 0 ? 'Your team uses none of these.' : undefined)}
        onClick={() => onRetire(ours)}
      >
        {ours.length === 0 ? 'Retire our uses' : `Retire our ${ours.length} uses`}
      </Button>
    </>
  )
}

function NoFiles({ filter }: { filter: FileFilter }) {
  const { team = 'your-team' } = useViewer()
  const { cursor: _, ...narrowing } = filter
  if (Object.values(narrowing).some((value) => value !== undefined)) {
    const isUrl = /^https?:\/\//.test(filter.q ?? '')
    return (
      <EmptyState
        icon={FileBox}
        sentence={isUrl ? 'This URL is not declared yet.' : 'No file matches these filters.'}
        action={
          isUrl && (
            <Button
              variant="primary"
              icon={Plus}
              href={`/files/declare?url=${encodeURIComponent(filter.q ?? '')}`}
            >
              Declare it
            </Button>
          )
        }
      />
    )
  }
  return (
    <EmptyState
      icon={FileBox}
      sentence="A declared file is fetched once, verified, and served to your machines for ever, even when its source is gone."
      action={
        <Button variant="primary" icon={Plus} href="/files/declare">
          Declare the first file
        </Button>
      }
      command={`entrepot declare https://example.org/v1.tar.gz --team ${team} --reason "Builds the importer"`}
    />
  )
}
