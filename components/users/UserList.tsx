'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { UserPlus, UserRound } from 'lucide-react'
import { useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar } from '@/components/ui/FilterBar'
import { PageHeader } from '@/components/ui/PageHeader'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { Time } from '@/components/ui/Time'
import { useUrlState } from '@/components/url-state'
import { CreateUser } from '@/components/users/CreateUser'
import type { UserFilter } from '@/components/users/filter'
import { userList } from '@/components/users/queries'
import { roles } from '@/components/users/roles'
import { TeamNames } from '@/components/users/TeamNames'
import { UserState } from '@/components/users/UserState'
import type { User } from '@/server/auth/schema'

const columns = columnsOf<User>([
  {
    id: 'name',
    header: 'Person',
    card: 'head',
    skeleton: 24,
    csv: ({ name, email }) => `${name} <${email}>`,
    cell: ({ id, name, email }) => (
      <RowLink href={`/users/${id}`}>
        <span className="min-w-0">
          <span className="block truncate font-strong">{name}</span>
          <span className="block truncate text-ink-muted text-xs">{email}</span>
        </span>
      </RowLink>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '7.5rem',
    csv: ({ disabledAt }) => (disabledAt === null ? 'active' : 'disabled'),
    cell: (user) => <UserState user={user} />,
  },
  {
    id: 'role',
    header: 'Role',
    width: '9rem',
    csv: ({ role }) => role,
    cell: ({ role }) => <Badge>{roles[role].title}</Badge>,
  },
  {
    id: 'teams',
    header: 'Teams',
    width: '24%',
    from: 'lg',
    csv: ({ teams }) => teams.map(({ slug }) => slug).join(' '),
    cell: ({ teams }) => <TeamNames teams={teams} />,
  },
  {
    id: 'seen',
    header: 'Last sign-in',
    width: '8.5rem',
    csv: ({ lastSignInAt }) => lastSignInAt,
    cell: ({ lastSignInAt }) =>
      lastSignInAt === null ? <span className="text-ink-faint">never yet</span> : <Time at={lastSignInAt} />,
  },
])

/** Everybody with an account. */
export function UserList() {
  const [filter, setFilter] = useUrlState<UserFilter>()
  const [isCreating, setCreating] = useState(false)
  const users = useQuery({ ...userList(filter), placeholderData: keepPreviousData })
  const refusal = useRefusal('user.manage')
  return (
    <>
      <PageHeader
        title="Users"
        description="People who sign in. What somebody may do follows from their role, and for whom, from their teams."
        actions={
          refusal === undefined && (
            <Button variant="primary" icon={UserPlus} onClick={() => setCreating(true)}>
              Add a person
            </Button>
          )
        }
      />
      <FilterBar
        searchLabel="Search names and e-mail addresses"
        search={filter.q}
        onSearch={(q) => setFilter({ q }, 'replace')}
        onClear={() => setFilter({ q: undefined })}
      />
      <DataTable
        label="Users"
        query={users}
        columns={columns}
        csv="users"
        empty={
          <EmptyState
            icon={UserRound}
            sentence={filter.q === undefined ? 'Nobody has an account yet.' : `Nobody matches “${filter.q}”.`}
          />
        }
        pagination={
          <Pagination
            cursor={filter.cursor}
            nextCursor={users.data?.nextCursor}
            onCursor={(cursor) => setFilter({ cursor })}
          />
        }
      />
      {isCreating && <CreateUser onClose={() => setCreating(false)} />}
    </>
  )
}
