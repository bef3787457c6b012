import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { userFilter } from '@/components/users/filter'
import { userList } from '@/components/users/queries'
import { UserList } from '@/components/users/UserList'
import { listUsers } from '@/server/auth/list-users'
import { userQuery } from '@/server/auth/schema'

export const metadata: Metadata = { title: 'Users' }

interface UsersPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function UsersPage({ searchParams }: UsersPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(userFilter, await searchParams)
  const client = newQueryClient()
  await client.prefetchQuery({
    ...userList(filter),
    queryFn: () => listUsers(ctx, actor, userQuery.parse(filter)),
  })
  return (
    <Hydrated client={client}>
      <UserList />
    </Hydrated>
  )
}
