import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { userKeys } from '@/components/users/queries'
import { UserPage } from '@/components/users/UserPage'
import { getUser } from '@/server/auth/list-users'
import { idParam } from '@/server/http/schema'

export const metadata: Metadata = { title: 'User' }

interface UserDetailProps {
  params: Promise<{ id: string }>
}

export default async function UserDetailPage({ params }: UserDetailProps) {
  const { ctx, actor } = await portalSession()
  const { id } = pathParams(idParam, await params)
  const client = newQueryClient()
  client.setQueryData(userKeys.detail(id), await orNotFound(getUser(ctx, actor, { id })))
  return (
    <Hydrated client={client}>
      <UserPage id={id} />
    </Hydrated>
  )
}
