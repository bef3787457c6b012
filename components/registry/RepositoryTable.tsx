'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Container, Lock } from 'lucide-react'
import type { RegistryFilter } from '@/components/registry/filter'
import { repositoryHref } from '@/components/registry/places'
import { repositoryList } from '@/components/registry/queries'
import { Badge } from '@/components/ui/Badge'
import { Count } from '@/components/ui/Count'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { timeColumn } from '@/components/ui/time-column'
import type { RepositorySummary } from '@/server/oci/schema'

const MOST_COUNTED = 10_000

const columns = columnsOf<RepositorySummary>([
  {
    id: 'name',
    header: 'Repository',
    card: 'head',
    skeleton: 36,
    csv: ({ name }) => name,
    cell: (repository) => (
      <RowLink href={repositoryHref(repository)}>
        <Container aria-hidden size={15} className="mr-2 shrink-0 text-ink-faint" />
        <MiddleTruncate text={repository.name} tail={24} />
      </RowLink>
    ),
  },
  {
    id: 'options',
    header: 'Options',
    width: '9rem',
    skeleton: 8,
    csv: ({ immutableTags }) => (immutableTags ? 'immutable tags' : null),
    cell: ({ immutableTags }) => immutableTags && <Badge icon={Lock}>immutable tags</Badge>,
  },
  {
    id: 'tags',
    header: 'Tags',
    width: '7rem',
    align: 'end',
    skeleton: 5,
    csv: ({ tags }) => tags,
    cell: ({ tags }) => (
      <span>
        {tags >= MOST_COUNTED && 'over '}
        <Count value={tags} />
        <span className="md:hidden">{tags === 1 ? ' tag' : ' tags'}</span>
      </span>
    ),
  },
  timeColumn(({ createdAt }) => createdAt, { id: 'since', header: 'First push', card: 'end' }),
])

interface RepositoryTableProps {
  cluster: string
  filter: RegistryFilter
  onFilter: (patch: Partial<RegistryFilter>) => void
}

/** Repositories in one list, at and below a node. */
export function RepositoryTable({ cluster, filter, onFilter }: RepositoryTableProps) {
  const { q, path, cursor } = filter
  const repositories = useQuery({
    ...repositoryList(cluster, { q, path, cursor }),
    placeholderData: keepPreviousData,
  })
  return (
    <DataTable
      label="Repositories"
      query={repositories}
      columns={columns}
      csv={`repositories-${cluster}`}
      empty={
        <EmptyState
          icon={Container}
          sentence={
            q ? 'No repository that you may read has this in its name.' : 'No repository is below this node.'
          }
        />
      }
      pagination={
        <Pagination
          cursor={cursor}
          nextCursor={repositories.data?.nextCursor}
          onCursor={(next) => onFilter({ cursor: next })}
        />
      }
    />
  )
}
