import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { teamFilter } from '@/components/teams/filter'
import { teamList } from '@/components/teams/queries'
import { TeamList } from '@/components/teams/TeamList'
import { listTeams } from '@/server/auth/list-teams'
import { teamQuery } from '@/server/auth/schema'

export const metadata: Metadata = { title: 'Teams' }

interface TeamsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function TeamsPage({ searchParams }: TeamsPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(teamFilter, await searchParams)
  const client = newQueryClient()
  await client.prefetchQuery({
    ...teamList(filter),
    queryFn: () => listTeams(ctx, actor, teamQuery.parse(filter)),
  })
  return (
    <Hydrated client={client}>
      <TeamList />
    </Hydrated>
  )
}
