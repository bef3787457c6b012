import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { missFilter } from '@/components/misses/filter'
import { MissInbox } from '@/components/misses/MissInbox'
import { missList } from '@/components/misses/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { PageHeader } from '@/components/ui/PageHeader'
import { listMisses } from '@/server/mirror/list-misses'
import { missQuery } from '@/server/mirror/schema'

export const metadata: Metadata = { title: 'Misses' }

interface MissesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function MissesPage({ searchParams }: MissesPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(missFilter, await searchParams)
  const client = newQueryClient()
  if (filter.state !== 'blocked') {
    await client.prefetchQuery({
      ...missList(filter),
      queryFn: () => listMisses(ctx, actor, missQuery.parse(filter)),
    })
  }
  return (
    <Hydrated client={client}>
      <PageHeader
        title="Misses"
        description="What machines asked for through the proxy and nobody has declared. Declare it, dismiss it, or block its host."
      />
      <MissInbox />
    </Hydrated>
  )
}
