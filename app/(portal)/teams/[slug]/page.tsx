import type { Metadata } from 'next'
import { z } from 'zod'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { memberFilter } from '@/components/teams/filter'
import { membersOf, teamKeys } from '@/components/teams/queries'
import { TeamPage } from '@/components/teams/TeamPage'
import { getTeam, listMembers } from '@/server/auth/list-teams'
import { slug as slugSchema } from '@/server/auth/schema'
import { pageQuery } from '@/server/http/schema'

export const metadata: Metadata = { title: 'Team' }

interface TeamDetailProps {
  params: Promise<{ slug: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function TeamDetailPage({ params, searchParams }: TeamDetailProps) {
  const { ctx, actor } = await portalSession()
  const { slug } = pathParams(z.object({ slug: slugSchema }), await params)
  const filter = readSearch(memberFilter, await searchParams)
  const client = newQueryClient()
  client.setQueryData(teamKeys.detail(slug), await orNotFound(getTeam(ctx, actor, { id: slug })))
  await client.prefetchQuery({
    ...membersOf(slug, filter),
    queryFn: () => listMembers(ctx, actor, { id: slug, ...pageQuery.parse(filter) }),
  })
  return (
    <Hydrated client={client}>
      <TeamPage slug={slug} />
    </Hydrated>
  )
}
