'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ArrowRightLeft } from 'lucide-react'
import { useMemo } from 'react'
import { branchFilter } from '@/components/apt/branch-filter'
import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import { moveWords } from '@/components/apt/moves/move-words'
import { movesOf } from '@/components/apt/moves/queries'
import { Requests } from '@/components/apt/moves/Requests'
import { moveHref, repositoryHref } from '@/components/apt/places'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Count } from '@/components/ui/Count'
import { type Column, columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar } from '@/components/ui/FilterBar'
import { OneLine } from '@/components/ui/OneLine'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { textColumn } from '@/components/ui/text-column'
import { timeColumn } from '@/components/ui/time-column'
import type { MoveSummary } from '@/server/apt/moves/schema'
import type { RepositoryDetail } from '@/server/apt/schema'

function sourcesIn({ sources }: MoveSummary): string {
  return sources.map(({ source, version }) => `${source} ${version}`).join(', ')
}

function columnsFor(repo: string): Column<MoveSummary>[] {
  return columnsOf<MoveSummary>([
    {
      id: 'what',
      header: 'What',
      card: 'head',
      skeleton: 28,
      csv: sourcesIn,
      cell: (move) => (
        <RowLink href={moveHref(repo, move.id)}>
          <span title={sourcesIn(move)} className="truncate">
            {sourcesIn(move) || 'Nothing'}
          </span>
        </RowLink>
      ),
    },
    {
      id: 'how',
      header: 'How',
      width: '14rem',
      skeleton: 18,
      csv: moveWords,
      cell: (move) => (
        <span className="flex min-w-0 items-center gap-2">
          <OneLine text={moveWords(move)} />
          {move.undoneById !== null && <Badge>taken back</Badge>}
        </span>
      ),
    },
    {
      id: 'packages',
      header: 'Packages',
      width: '6rem',
      align: 'end',
      from: 'lg',
      card: 'hidden',
      skeleton: 3,
      csv: ({ packages }) => packages,
      cell: ({ packages }) => <Count value={packages} />,
    },
    textColumn(({ actorName }) => actorName, {
      id: 'who',
      header: 'Who',
      width: '10rem',
      skeleton: 12,
    }),
    {
      id: 'why',
      header: 'Why',
      width: '24%',
      from: 'lg',
      card: 'hidden',
      skeleton: 14,
      csv: ({ reason }) => reason,
      cell: ({ reason }) => (
        <span title={reason ?? undefined} className="block truncate text-ink-muted">
          {reason ?? '–'}
        </span>
      ),
    },
    timeColumn(({ at }) => at, { card: 'end' }),
  ])
}

interface MovesProps {
  repository: RepositoryDetail
  filter: RepositoryFilter
  onFilter: RepositoryFilterChange
}

/** What waits for a second person, and all that was moved so far. */
export function Moves({ repository, filter, onFilter }: MovesProps) {
  const { q, branch, cursor } = filter
  const { name: repo, branches } = repository
  const moves = useQuery({ ...movesOf(repo, { q, branch, cursor }), placeholderData: keepPreviousData })
  const columns = useMemo(() => columnsFor(repo), [repo])
  const isNarrowed = q !== undefined || branch !== undefined
  return (
    <>
      <Requests repository={repository} />
      <FilterBar
        searchLabel="Search moves"
        search={q}
        onSearch={(next) => onFilter({ q: next }, 'replace')}
        onClear={() => onFilter({ q: undefined, branch: undefined })}
        filters={[branchFilter(repository, filter, onFilter)]}
      />
      <DataTable
        label="Moves"
        query={moves}
        columns={columns}
        csv={`moves-${repo}`}
        empty={
          isNarrowed ? (
            <EmptyState icon={ArrowRightLeft} sentence="No move matches these filters." />
          ) : (
            <EmptyState
              icon={ArrowRightLeft}
              sentence="Each move from branch to branch stays on record here, and can be taken back. There was none yet."
              action={<Button href={repositoryHref(repo)}>Move packages on the board</Button>}
              command={`entrepot dmove ${repo} ${branches[1]?.name ?? 'testing'} hello 1.0-1 ${branches[0]?.name ?? 'unstable'}`}
            />
          )
        }
        pagination={
          <Pagination
            cursor={cursor}
            nextCursor={moves.data?.nextCursor}
            onCursor={(next) => onFilter({ cursor: next })}
          />
        }
      />
    </>
  )
}
