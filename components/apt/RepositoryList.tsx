'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Package, Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { BranchCounts } from '@/components/apt/BranchCounts'
import type { RepositoriesFilter } from '@/components/apt/filter'
import { repositoryHref } from '@/components/apt/places'
import { repositoryList } from '@/components/apt/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Count } from '@/components/ui/Count'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar } from '@/components/ui/FilterBar'
import { OneLine } from '@/components/ui/OneLine'
import { PageHeader } from '@/components/ui/PageHeader'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { timeColumn } from '@/components/ui/time-column'
import { useUrlState } from '@/components/url-state'
import type { RepositorySummary } from '@/server/apt/schema'

const CreateRepository = dynamic(
  async () => (await import('@/components/apt/CreateRepository')).CreateRepository,
  { ssr: false },
)
const NoRepository = dynamic(async () => (await import('@/components/apt/NoRepository')).NoRepository)

const columns = columnsOf<RepositorySummary>([
  {
    id: 'name',
    header: 'Repository',
    width: '24%',
    card: 'head',
    skeleton: 20,
    csv: ({ name }) => name,
    cell: ({ name, description }) => (
      <div className="min-w-0">
        <RowLink href={repositoryHref(name)}>
          <OneLine text={name} look="strong" />
        </RowLink>
        {description !== '' && <OneLine text={description} look="small" />}
      </div>
    ),
  },
  {
    id: 'branches',
    header: 'Branches, and packages in them',
    card: 'line',
    skeleton: 40,
    csv: ({ branches }) => branches.map(({ name, packages }) => `${name}: ${packages}`).join(' '),
    cell: ({ name, branches }) => <BranchCounts repo={name} branches={branches} />,
  },
  {
    id: 'team',
    header: 'Team',
    width: '9rem',
    from: 'xl',
    skeleton: 9,
    csv: ({ team }) => team,
    cell: ({ team }) =>
      team === null ? <span className="text-ink-faint">every member</span> : <OneLine text={team} />,
  },
  {
    id: 'requests',
    header: 'Waiting',
    width: '8rem',
    skeleton: 6,
    csv: ({ waitingRequests }) => waitingRequests,
    cell: ({ name, waitingRequests }) =>
      waitingRequests > 0 && (
        <Link href={repositoryHref(name, { tab: 'moves' })} prefetch={false} className="rounded-full">
          <Badge tone="attention">
            <Count value={waitingRequests} noun="request" />
          </Badge>
        </Link>
      ),
  },
  timeColumn(({ lastChangeAt }) => lastChangeAt, {
    id: 'changed',
    header: 'Last change',
    width: '7.5rem',
    card: 'end',
  }),
])

/** All Debian repositories, with what is in their branches and where somebody must decide. */
export function RepositoryList({ portal }: { portal: string }) {
  const [filter, setFilter] = useUrlState<RepositoriesFilter>()
  const [isCreating, setCreating] = useState(false)
  const repositories = useQuery({ ...repositoryList(filter), placeholderData: keepPreviousData })
  const refusal = useRefusal('apt.manage')
  const isUnused =
    filter.q === undefined && filter.cursor === undefined && repositories.data?.items.length === 0
  return (
    <>
      <PageHeader
        title="Debian repositories"
        description="Packages of your own for apt: uploaded into a branch, promoted from branch to branch, signed at every change."
        actions={
          !isUnused && (
            <Button variant="primary" icon={Plus} disabledReason={refusal} onClick={() => setCreating(true)}>
              New repository
            </Button>
          )
        }
      />
      {!isUnused && (
        <FilterBar
          searchLabel="Search repositories"
          search={filter.q}
          onSearch={(q) => setFilter({ q }, 'replace')}
          onClear={() => setFilter({ q: undefined })}
        />
      )}
      <DataTable
        label="Debian repositories"
        query={repositories}
        columns={columns}
        csv="debian-repositories"
        empty={
          isUnused ? (
            <NoRepository portal={portal} />
          ) : (
            <EmptyState icon={Package} sentence="No repository has this in its name." />
          )
        }
        pagination={
          <Pagination
            cursor={filter.cursor}
            nextCursor={repositories.data?.nextCursor}
            onCursor={(cursor) => setFilter({ cursor })}
          />
        }
      />
      {isCreating && <CreateRepository onClose={() => setCreating(false)} />}
    </>
  )
}
