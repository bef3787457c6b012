import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { repositoriesFilter } from '@/components/apt/filter'
import { repositoryList } from '@/components/apt/queries'
import { RepositoryList } from '@/components/apt/RepositoryList'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { listRepositories } from '@/server/apt/repositories/list-repositories'
import { repositoryQuery } from '@/server/apt/schema'
import { publicUrl } from '@/server/env'

export const metadata: Metadata = { title: 'Debian repositories' }

interface AptPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function AptPage({ searchParams }: AptPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(repositoriesFilter, await searchParams)
  const client = newQueryClient()
  await client.prefetchQuery({
    ...repositoryList(filter),
    queryFn: () => listRepositories(ctx, actor, repositoryQuery.parse(filter)),
  })
  return (
    <Hydrated client={client}>
      <RepositoryList portal={publicUrl(ctx.env)} />
    </Hydrated>
  )
}
