import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { registryFilter } from '@/components/registry/filter'
import { clustersNow, nodesBelow, repositoryList } from '@/components/registry/queries'
import { RegistryBrowser } from '@/components/registry/RegistryBrowser'
import { readSearch } from '@/components/search-params'
import { listClusters } from '@/server/oci/browse/list-clusters'
import { listNodes } from '@/server/oci/browse/list-nodes'
import { listRepositories } from '@/server/oci/browse/list-repositories'
import { nodeQuery, repositoryQuery } from '@/server/oci/schema'

export const metadata: Metadata = { title: 'Registry' }

interface RegistryPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function RegistryPage({ searchParams }: RegistryPageProps) {
  const { ctx, actor } = await portalSession()
  const { cluster: wanted, path = '', view, q, cursor } = readSearch(registryFilter, await searchParams)
  const client = newQueryClient()
  const clusters = await listClusters(ctx, actor)
  client.setQueryData(clustersNow.queryKey, clusters)
  const cluster = (clusters.find(({ name }) => name === wanted) ?? clusters[0])?.name ?? ''
  if (view === 'flat' || q) {
    const query = { q, path: path === '' ? undefined : path, cursor }
    await client.prefetchQuery({
      ...repositoryList(cluster, query),
      queryFn: () => listRepositories(ctx, actor, { cluster, ...repositoryQuery.parse(query) }),
    })
  } else {
    await client.prefetchQuery({
      ...nodesBelow(cluster, { path, cursor }),
      queryFn: () => listNodes(ctx, actor, { cluster, ...nodeQuery.parse({ path, cursor }) }),
    })
  }
  return (
    <Hydrated client={client}>
      <RegistryBrowser />
    </Hydrated>
  )
}
