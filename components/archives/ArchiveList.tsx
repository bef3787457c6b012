'use client'

import { useQuery } from '@tanstack/react-query'
import { Archive as ArchiveIcon, Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { ArchiveState, stateOf } from '@/components/archives/ArchiveState'
import { archiveList } from '@/components/archives/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { Count } from '@/components/ui/Count'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar } from '@/components/ui/FilterBar'
import { OneLine } from '@/components/ui/OneLine'
import { PageHeader } from '@/components/ui/PageHeader'
import { RowLink } from '@/components/ui/RowLink'
import { sizeColumn } from '@/components/ui/size-column'
import { Time } from '@/components/ui/Time'
import { useUrlState } from '@/components/url-state'
import type { Archive } from '@/server/archives/schema'

const EditArchive = dynamic(async () => (await import('@/components/archives/EditArchive')).EditArchive, {
  ssr: false,
})

const columns = columnsOf<Archive>([
  {
    id: 'name',
    header: 'Archive',
    card: 'head',
    skeleton: 24,
    csv: ({ name }) => name,
    cell: ({ name, description }) => (
      <div className="min-w-0">
        <RowLink href={`/archives/${encodeURIComponent(name)}`}>
          <OneLine text={name} look="strong" />
        </RowLink>
        {description !== '' && <OneLine text={description} look="small" />}
      </div>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '10rem',
    skeleton: 8,
    csv: stateOf,
    cell: (archive) => <ArchiveState archive={archive} />,
  },
  { id: 'gone', header: 'Buried from', csv: ({ goneFrom }) => goneFrom },
  {
    id: 'downloads',
    header: 'Downloads, 30 days',
    width: '10rem',
    align: 'end',
    skeleton: 6,
    csv: ({ downloads }) => downloads,
    cell: ({ downloads }) => (
      <>
        <Count value={downloads} />
        <span className="md:hidden">{downloads === 1 ? ' download' : ' downloads'} in 30 days</span>
      </>
    ),
  },
  sizeColumn(({ bytes }) => bytes, {
    id: 'bytes',
    header: 'Bytes, 30 days',
    width: '8.5rem',
    from: 'lg',
    card: 'hidden',
    skeleton: 6,
  }),
  {
    id: 'used',
    header: 'Last use',
    width: '8rem',
    align: 'end',
    card: 'end',
    skeleton: 8,
    csv: ({ lastUsedAt }) => lastUsedAt,
    cell: ({ lastUsedAt }) =>
      lastUsedAt === null ? (
        <span className="text-ink-muted">
          never<span className="md:hidden"> used</span>
        </span>
      ) : (
        <Time at={lastUsedAt} />
      ),
  },
])

/** Old trees that are served until nobody asks for them. */
export function ArchiveList() {
  const [{ q }, setFilter] = useUrlState<{ q?: string }>()
  const [isCreating, setCreating] = useState(false)
  const archives = useQuery(archiveList)
  const refusal = useRefusal('archive.manage')
  const wanted = q?.toLowerCase() ?? ''
  const items = archives.data?.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(wanted),
  )
  const create = (
    <Button variant="primary" icon={Plus} disabledReason={refusal} onClick={() => setCreating(true)}>
      New archive
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Archives"
        description="Old trees, served as they are and marked as legacy. Downloads are counted, so that each can be buried when nobody needs it."
        actions={archives.data?.length !== 0 && create}
      />
      <FilterBar
        searchLabel="Search archives"
        search={q}
        onSearch={(next) => setFilter({ q: next }, 'replace')}
        onClear={() => setFilter({ q: undefined })}
      />
      <DataTable
        label="Archives"
        query={{ ...archives, data: items && { items, nextCursor: null } }}
        columns={columns}
        csv="archives"
        empty={
          q === undefined ? (
            <EmptyState
              icon={ArchiveIcon}
              sentence="An archive serves a directory or a part of the storage as it is, below /archive/. There is none yet."
              action={create}
            />
          ) : (
            <EmptyState icon={ArchiveIcon} sentence={`No archive is called “${q}”.`} />
          )
        }
      />
      {isCreating && <EditArchive onClose={() => setCreating(false)} />}
    </>
  )
}
