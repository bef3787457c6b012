'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Tag } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useMemo, useState } from 'react'
import type { RepositoryFilter } from '@/components/registry/filter'
import { kindOfTag, shortDigest } from '@/components/registry/kinds'
import { Platforms } from '@/components/registry/Platforms'
import { manifestHref } from '@/components/registry/places'
import { tagsOf } from '@/components/registry/queries'
import { TagMenu } from '@/components/registry/TagMenu'
import { type Column, columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar } from '@/components/ui/FilterBar'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { menuColumn } from '@/components/ui/menu-column'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { sizeColumn } from '@/components/ui/size-column'
import { textColumn } from '@/components/ui/text-column'
import { timeColumn } from '@/components/ui/time-column'
import type { RepositoryDetail, TagSummary } from '@/server/oci/schema'

const FirstPush = dynamic(async () => (await import('@/components/registry/FirstPush')).FirstPush)
const RemoveTag = dynamic(async () => (await import('@/components/registry/Removals')).RemoveTag, {
  ssr: false,
})

function columnsFor(repository: RepositoryDetail, onRemove: (tag: TagSummary) => void): Column<TagSummary>[] {
  return columnsOf<TagSummary>([
    {
      id: 'tag',
      header: 'Tag',
      card: 'head',
      skeleton: 24,
      csv: ({ name }) => name,
      cell: ({ name }) => (
        <RowLink href={manifestHref(repository, name)}>
          <MiddleTruncate text={name} tail={10} />
        </RowLink>
      ),
    },
    {
      id: 'kind',
      header: 'Kind',
      width: '10rem',
      from: 'lg',
      skeleton: 12,
      csv: ({ mediaType }) => mediaType,
      cell: (tag) => <span className="block truncate">{kindOfTag(tag)}</span>,
    },
    {
      id: 'platforms',
      header: 'Platforms',
      width: '13rem',
      from: 'lg',
      card: 'line',
      skeleton: 14,
      csv: ({ platforms }) => platforms.join(' '),
      cell: ({ platforms }) => <Platforms platforms={platforms} />,
    },
    {
      id: 'digest',
      header: 'Digest',
      width: '11rem',
      from: 'xl',
      card: 'hidden',
      skeleton: 16,
      csv: ({ digest }) => digest,
      cell: ({ digest }) => (
        <span title={digest} className="font-mono text-xs">
          {shortDigest(digest)}
        </span>
      ),
    },
    sizeColumn(({ size }) => size, { width: '6rem' }),
    textColumn(({ pushedBy }) => pushedBy, {
      id: 'who',
      header: 'Pushed by',
      width: '9rem',
      skeleton: 10,
    }),
    timeColumn(({ updatedAt }) => updatedAt, { width: '6.5rem' }),
    menuColumn((tag) => <TagMenu repository={repository} tag={tag} onRemove={() => onRemove(tag)} />),
  ])
}

interface TagTableProps {
  repository: RepositoryDetail
  filter: RepositoryFilter
  onFilter: (patch: Partial<RepositoryFilter>, history?: 'push' | 'replace') => void
}

/** The tags of a repository, in the order of the specification. */
export function TagTable({ repository, filter: { q, cursor }, onFilter }: TagTableProps) {
  const tags = useQuery({ ...tagsOf(repository, { q, cursor }), placeholderData: keepPreviousData })
  const [removing, askRemoval] = useState<TagSummary>()
  const columns = useMemo(() => columnsFor(repository, askRemoval), [repository])
  const { host, isPlain, name } = repository
  if (repository.tags === 0) {
    return (
      <FirstPush
        place={{ host, isPlain, name, reference: 'latest' }}
        sentence="This repository has no tag yet. These commands push one."
      />
    )
  }
  return (
    <>
      <FilterBar
        searchLabel="Search tags"
        search={q}
        onSearch={(next) => onFilter({ q: next }, 'replace')}
        onClear={() => onFilter({ q: undefined })}
      />
      <DataTable
        label="Tags"
        query={tags}
        columns={columns}
        csv={`tags-${name.replaceAll('/', '-')}`}
        empty={<EmptyState icon={Tag} sentence="No tag has this in its name." />}
        pagination={
          <Pagination
            cursor={cursor}
            nextCursor={tags.data?.nextCursor}
            onCursor={(next) => onFilter({ cursor: next })}
          />
        }
      />
      {removing && <RemoveTag repository={repository} tag={removing} onClose={() => askRemoval(undefined)} />}
    </>
  )
}
