import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/components/api'
import { unwrap } from '@/server/api/client'
import type { hintDocument } from '@/server/oci/hints/schema'
import type { ManifestDetail, RegistryCluster, RepositoryDetail } from '@/server/oci/schema'

interface Place {
  cluster: string
  name: string
}

interface Paged {
  q?: string
  cursor?: string
}

export const registryKeys = {
  all: ['registry'] as const,
  clusters: ['registry', 'clusters'] as const,
  nodes: (cluster: string, query: Paged & { path: string }) => ['registry', 'nodes', cluster, query] as const,
  repositories: (cluster: string, query: Paged & { path?: string }) =>
    ['registry', 'repositories', cluster, query] as const,
  repository: ({ cluster, name }: Place) => ['registry', 'repository', cluster, name] as const,
  tags: ({ cluster, name }: Place, query: Paged) => ['registry', 'tags', cluster, name, query] as const,
  manifests: ({ cluster, name }: Place, query: Paged & { only?: 'referrers' }) =>
    ['registry', 'manifests', cluster, name, query] as const,
  manifest: ({ cluster, name }: Place, reference: string) =>
    ['registry', 'manifest', cluster, name, reference] as const,
  hints: ({ cluster, name }: Place) => ['registry', 'hints', cluster, name] as const,
  uploads: (cluster: string, query: { name?: string; cursor?: string }) =>
    ['registry', 'uploads', cluster, query] as const,
}

const UPLOADS_MS = 3000
const UPLOADS_IDLE_MS = 15_000

export const clustersNow = queryOptions({
  queryKey: registryKeys.clusters,
  queryFn: async (): Promise<RegistryCluster[]> => (await unwrap(api.registry.clusters.$get())).items,
})

/** The steps below a node. */
export const nodesBelow = (cluster: string, query: Paged & { path: string }) =>
  queryOptions({
    queryKey: registryKeys.nodes(cluster, query),
    queryFn: ({ signal }) =>
      unwrap(api.registry[':cluster'].nodes.$get({ param: { cluster }, query }, { init: { signal } })),
  })

export const repositoryList = (cluster: string, query: Paged & { path?: string }) =>
  queryOptions({
    queryKey: registryKeys.repositories(cluster, query),
    queryFn: ({ signal }) =>
      unwrap(api.registry[':cluster'].repositories.$get({ param: { cluster }, query }, { init: { signal } })),
  })

export const repositoryAt = ({ cluster, name }: Place) =>
  queryOptions({
    queryKey: registryKeys.repository({ cluster, name }),
    queryFn: (): Promise<RepositoryDetail> =>
      unwrap(api.registry[':cluster'].repository.$get({ param: { cluster }, query: { name } })),
  })

export const tagsOf = ({ cluster, name }: Place, query: Paged) =>
  queryOptions({
    queryKey: registryKeys.tags({ cluster, name }, query),
    queryFn: ({ signal }) =>
      unwrap(
        api.registry[':cluster'].tags.$get(
          { param: { cluster }, query: { name, ...query } },
          { init: { signal } },
        ),
      ),
  })

export const manifestsOf = ({ cluster, name }: Place, query: { cursor?: string; only?: 'referrers' }) =>
  queryOptions({
    queryKey: registryKeys.manifests({ cluster, name }, query),
    queryFn: () =>
      unwrap(api.registry[':cluster'].manifests.$get({ param: { cluster }, query: { name, ...query } })),
  })

export const manifestAt = ({ cluster, name }: Place, reference: string) =>
  queryOptions({
    queryKey: registryKeys.manifest({ cluster, name }, reference),
    queryFn: (): Promise<ManifestDetail> =>
      unwrap(api.registry[':cluster'].manifest.$get({ param: { cluster }, query: { name, reference } })),
  })

/** Uploads under way, read again every few seconds while there are any. */
export const uploadsOf = (cluster: string, query: { name?: string; cursor?: string }) =>
  queryOptions({
    queryKey: registryKeys.uploads(cluster, query),
    queryFn: () => unwrap(api.registry[':cluster'].uploads.$get({ param: { cluster }, query })),
    refetchInterval: ({ state }) => (state.data?.items.length ? UPLOADS_MS : UPLOADS_IDLE_MS),
  })

export const setImmutableTags = ({ cluster, name, immutableTags }: Place & { immutableTags: boolean }) =>
  unwrap(
    api.registry[':cluster'].repository.$patch({
      param: { cluster },
      query: { name },
      json: { immutableTags },
    }),
  )

/** Where the document of a repository is served; the rest of the path is its name, slashes and all. */
export function hintsPath({ cluster, name }: Place): string {
  return `/api/v1/registry/${cluster}/hints/${name}`
}

/** What schedulers are told of the layers of a repository's tags. */
export const hintsOf = (place: Place) =>
  queryOptions({
    queryKey: registryKeys.hints(place),
    queryFn: (): Promise<z.infer<typeof hintDocument>> =>
      unwrap(fetch(hintsPath(place), { headers: { accept: 'application/json' } })),
  })

export const rebuildHints = (place: Place): Promise<z.infer<typeof hintDocument>> =>
  unwrap(fetch(hintsPath(place), { method: 'POST' }))

export const removeTag = ({ cluster, name, tag }: Place & { tag: string }) =>
  unwrap(api.registry[':cluster'].tags.$delete({ param: { cluster }, query: { name, tag } }))

export const removeManifest = ({ cluster, name, digest }: Place & { digest: string }) =>
  unwrap(api.registry[':cluster'].manifest.$delete({ param: { cluster }, query: { name, digest } }))

export const removeRepository = ({ cluster, name }: Place) =>
  unwrap(api.registry[':cluster'].repository.$delete({ param: { cluster }, query: { name } }))
