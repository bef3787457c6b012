'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Package } from 'lucide-react'
import { useMemo } from 'react'
import { branchFilter } from '@/components/apt/branch-filter'
import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import { sourcesOf } from '@/components/apt/packages/queries'
import { repositoryHref, sourceHref } from '@/components/apt/places'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { type Column, columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar } from '@/components/ui/FilterBar'
import { OneLine } from '@/components/ui/OneLine'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import type { SourceRow } from '@/server/apt/packages/schema'
import type { RepositoryDetail } from '@/server/apt/schema'

type Row = SourceRow & { id: string }

/** More columns would leave no room for names. */
const MOST_COLUMNS = 5

function columnsFor({ name: repo, branches }: RepositoryDetail): Column<Row>[] {
  const shown = branches.slice(0, MOST_COLUMNS)
  return columnsOf<Row>([
    {
      id: 'source',
      header: 'Source',
      card: 'head',
      skeleton: 20,
      csv: ({ source }) => source,
      cell: ({ source, summary }) => (
        <div className="min-w-0">
          <RowLink href={sourceHref(repo, source)}>
            <OneLine text={source} look="strong" />
          </RowLink>
          <OneLine text={summary} look="small" />
        </div>
      ),
    },
    {
      id: 'component',
      header: 'Component',
      width: '8rem',
      from: 'xl',
      card: 'hidden',
      skeleton: 6,
      csv: ({ component }) => component,
      cell: ({ component }) => component,
    },
    ...shown.map(
      (branch): Column<Row> => ({
        id: `branch ${branch.name}`,
        header: branch.name,
        width: `${Math.min(15, 56 / shown.length)}%`,
        skeleton: 8,
        csv: (row) => versionsIn(row, branch.name).join(' '),
        isBlank: (row) => versionsIn(row, branch.name).length === 0,
        cell: (row) => <Versions branch={branch.name} versions={versionsIn(row, branch.name)} />,
      }),
    ),
    {
      id: 'elsewhere',
      header: 'Earlier',
      width: '6rem',
      align: 'end',
      from: 'lg',
      card: 'hidden',
      skeleton: 4,
      csv: ({ elsewhere }) => elsewhere,
      isBlank: ({ elsewhere }) => elsewhere === 0,
      cell: ({ elsewhere }) => elsewhere,
    },
  ])
}

function versionsIn({ branches }: SourceRow, branch: string): string[] {
  return branches.find((one) => one.branch === branch)?.versions ?? []
}

function Versions({ branch, versions }: { branch: string; versions: readonly string[] }) {
  const [newest, ...others] = versions
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="shrink-0 text-ink-muted text-xs md:hidden">{branch}</span>
      <span title={versions.join('\n')} className="truncate font-mono text-xs">
        {newest}
      </span>
      {others.length > 0 && <Badge>+{others.length}</Badge>}
    </span>
  )
}

interface SourceTableProps {
  repository: RepositoryDetail
  filter: RepositoryFilter
  onFilter: RepositoryFilterChange
}

/** All sources of a repository, with their versions side by side. */
export function SourceTable({ repository, filter, onFilter }: SourceTableProps) {
  const { q, branch, cursor } = filter
  const found = useQuery({
    ...sourcesOf(repository.name, { q, branch, cursor }),
    select: rows,
    placeholderData: keepPreviousData,
  })
  const columns = useMemo(() => columnsFor(repository), [repository])
  const isNarrowed = q !== undefined || branch !== undefined
  return (
    <>
      <FilterBar
        searchLabel="Search packages"
        search={q}
        onSearch={(next) => onFilter({ q: next }, 'replace')}
        onClear={() => onFilter({ q: undefined, branch: undefined })}
        filters={[branchFilter(repository, filter, onFilter)]}
      />
      <DataTable
        label="Packages"
        query={found}
        columns={columns}
        csv={`packages-${repository.name}`}
        empty={
          isNarrowed ? (
            <EmptyState icon={Package} sentence="No source or package has this in its name." />
          ) : (
            <EmptyState
              icon={Package}
              sentence="Every package that is uploaded can be found here, in all its versions."
              action={
                <Button variant="primary" href={repositoryHref(repository.name, { tab: 'uploads' })}>
                  Upload the first package
                </Button>
              }
            />
          )
        }
        pagination={
          <Pagination
            cursor={cursor}
            nextCursor={found.data?.nextCursor}
            onCursor={(next) => onFilter({ cursor: next })}
          />
        }
      />
    </>
  )
}

function rows({ items, nextCursor }: { items: SourceRow[]; nextCursor: string | null }) {
  return { items: items.map((row): Row => ({ ...row, id: row.source })), nextCursor }
}
