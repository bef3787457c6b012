'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus, Users } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { CreateTeam } from '@/components/teams/CreateTeam'
import type { TeamFilter } from '@/components/teams/filter'
import { teamList } from '@/components/teams/queries'
import { Button } from '@/components/ui/Button'
import { Count } from '@/components/ui/Count'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar } from '@/components/ui/FilterBar'
import { PageHeader } from '@/components/ui/PageHeader'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { Time } from '@/components/ui/Time'
import { useUrlState } from '@/components/url-state'
import type { Team } from '@/server/auth/schema'

const columns = columnsOf<Team>([
  {
    id: 'name',
    header: 'Team',
    card: 'head',
    skeleton: 24,
    csv: ({ name }) => name,
    cell: ({ name, slug }) => (
      <RowLink href={`/teams/${slug}`}>
        <span className="truncate font-strong">{name}</span>
      </RowLink>
    ),
  },
  {
    id: 'slug',
    header: 'Slug',
    width: '22%',
    from: 'lg',
    skeleton: 12,
    csv: ({ slug }) => slug,
    cell: ({ slug }) => <code className="font-mono text-xs">{slug}</code>,
  },
  {
    id: 'members',
    header: 'Members',
    width: '9rem',
    csv: ({ members }) => members,
    cell: ({ members }) => <Count value={members} noun="member" />,
  },
  {
    id: 'uses',
    header: 'Active uses',
    width: '9rem',
    csv: ({ activeUses }) => activeUses,
    cell: ({ slug, activeUses }) => <UsesLink slug={slug} uses={activeUses} />,
  },
  {
    id: 'created',
    header: 'Created',
    width: '9rem',
    card: 'hidden',
    csv: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
])

function UsesLink({ slug, uses }: { slug: string; uses: number }) {
  if (uses === 0) return <span className="text-ink-faint">no uses</span>
  return (
    <Link href={`/files?team=${slug}`} className="rounded-sm hover:text-accent hover:underline">
      <Count value={uses} noun="use" />
    </Link>
  )
}

/** All teams: who declares what, and for whom. */
export function TeamList() {
  const [filter, setFilter] = useUrlState<TeamFilter>()
  const [isCreating, setCreating] = useState(false)
  const teams = useQuery({ ...teamList(filter), placeholderData: keepPreviousData })
  const refusal = useRefusal('team.manage')
  const create = (
    <Button variant="primary" icon={Plus} disabledReason={refusal} onClick={() => setCreating(true)}>
      New team
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Teams"
        description="Everything is declared on behalf of a team, so that reasons, licences and reviews have an owner."
        actions={refusal === undefined && create}
      />
      <FilterBar
        searchLabel="Search teams"
        search={filter.q}
        onSearch={(q) => setFilter({ q }, 'replace')}
        onClear={() => setFilter({ q: undefined })}
      />
      <DataTable
        label="Teams"
        query={teams}
        columns={columns}
        csv="teams"
        empty={
          filter.q === undefined ? (
            <EmptyState
              icon={Users}
              sentence="A team owns what it declares. There is none yet."
              action={create}
            />
          ) : (
            <EmptyState icon={Users} sentence={`No team is called “${filter.q}”.`} />
          )
        }
        pagination={
          <Pagination
            cursor={filter.cursor}
            nextCursor={teams.data?.nextCursor}
            onCursor={(cursor) => setFilter({ cursor })}
          />
        }
      />
      {isCreating && <CreateTeam onClose={() => setCreating(false)} />}
    </>
  )
}
