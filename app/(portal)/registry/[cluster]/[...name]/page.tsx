import type { Metadata } from 'next'
import { z } from 'zod'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { repositoryFilter } from '@/components/registry/filter'
import { ManifestView } from '@/components/registry/ManifestView'
import { registryKeys, tagsOf } from '@/components/registry/queries'
import { RepositoryView } from '@/components/registry/RepositoryView'
import { readSearch } from '@/components/search-params'
import { publicUrl } from '@/server/env'
import { listTags } from '@/server/oci/browse/list-tags'
import { readManifestDetail } from '@/server/oci/browse/read-manifest'
import { readRepository } from '@/server/oci/browse/read-repository'
import { tagQuery } from '@/server/oci/schema'

export const metadata: Metadata = { title: 'Repository' }

interface RepositoryPageProps {
  params: Promise<{ cluster: string; name: string[] }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

const placeParam = z.object({
  cluster: z.string().max(63),
  name: z
    .array(z.string())
    .transform((segments) => segments.join('/'))
    .pipe(z.string().max(255)),
})

export default async function RepositoryPage({ params, searchParams }: RepositoryPageProps) {
  const { ctx, actor } = await portalSession()
  const place = pathParams(placeParam, await params)
  const { manifest, tab, q, cursor } = readSearch(repositoryFilter, await searchParams)
  const client = newQueryClient()
  client.setQueryData(registryKeys.repository(place), await orNotFound(readRepository(ctx, actor, place)))
  if (manifest !== undefined) {
    const found = await orNotFound(readManifestDetail(ctx, actor, { ...place, reference: manifest }))
    client.setQueryData(registryKeys.manifest(place, manifest), found)
  } else if (tab === undefined || tab === 'tags') {
    await client.prefetchQuery({
      ...tagsOf(place, { q, cursor }),
      queryFn: () =>
        listTags(ctx, actor, { cluster: place.cluster, ...tagQuery.parse({ name: place.name, q, cursor }) }),
    })
  }
  return (
    <Hydrated client={client}>
      {manifest === undefined ? (
        <RepositoryView {...place} portal={publicUrl(ctx.env)} />
      ) : (
        <ManifestView {...place} reference={manifest} />
      )}
    </Hydrated>
  )
}
