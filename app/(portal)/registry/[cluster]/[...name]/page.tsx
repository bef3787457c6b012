import type { Metadata } from 'next'
import { z } from 'zod'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { repositoryFilter } from '@/components/registry/filter'
import { registryKeys, tagsOf } from '@/components/registry/queries'
import { RepositoryPage } from '@/components/registry/RepositoryPage'
import { RepositoryRefused } from '@/components/registry/RepositoryRefused'
import { readSearch } from '@/components/search-params'
import { publicUrl } from '@/server/env'
import { AppError } from '@/server/errors'
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

/** What the rules refuse is shown with the rule, whether or not there is anything; all else goes on. */
function refusalOf(error: unknown): AppError {
  if (error instanceof AppError && error.code === 'forbidden') return error
  throw error
}

export default async function RepositoryOrManifestPage({ params, searchParams }: RepositoryPageProps) {
  const { ctx, actor } = await portalSession()
  const place = pathParams(placeParam, await params)
  const { manifest, tab, q, cursor } = readSearch(repositoryFilter, await searchParams)
  const client = newQueryClient()
  const found = await orNotFound(readRepository(ctx, actor, place).catch(refusalOf))
  if (found instanceof AppError) return <RepositoryRefused {...place} reason={found.message} />
  client.setQueryData(registryKeys.repository(place), found)
  if (manifest !== undefined) {
    const detail = await orNotFound(readManifestDetail(ctx, actor, { ...place, reference: manifest }))
    client.setQueryData(registryKeys.manifest(place, manifest), detail)
  } else if (tab === undefined || tab === 'tags') {
    await client.prefetchQuery({
      ...tagsOf(place, { q, cursor }),
      queryFn: () =>
        listTags(ctx, actor, { cluster: place.cluster, ...tagQuery.parse({ name: place.name, q, cursor }) }),
    })
  }
  return (
    <Hydrated client={client}>
      <RepositoryPage {...place} manifest={manifest} portal={publicUrl(ctx.env)} />
    </Hydrated>
  )
}
