import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { unwrap } from '@/server/api/client'

const COUNTS_MS = 30_000
const FOUND = 6

/** What the rail counts. */
export const railCounts = queryOptions({
  queryKey: ['overview'] as const,
  queryFn: () => unwrap(api.overview.$get()),
  refetchInterval: COUNTS_MS,
})

/** The first files that match what is typed. */
export const foundFiles = (typed: string) =>
  queryOptions({
    queryKey: ['files', 'found', typed] as const,
    queryFn: ({ signal }) =>
      unwrap(api.files.$get({ query: { q: typed, limit: FOUND } }, { init: { signal } })),
    enabled: typed.length >= 2,
    placeholderData: keepPreviousData,
  })

/** The first images that match what is typed. */
export const foundImages = (typed: string) =>
  queryOptions({
    queryKey: ['images', 'found', typed] as const,
    queryFn: ({ signal }) =>
      unwrap(api.images.$get({ query: { q: typed, limit: FOUND } }, { init: { signal } })),
    enabled: typed.length >= 2,
    placeholderData: keepPreviousData,
  })

/** The first repositories of each cluster that match what is typed. */
export const foundRepositories = (typed: string) =>
  queryOptions({
    queryKey: ['registry', 'found', typed] as const,
    queryFn: async ({ signal }) => {
      const clusters = await unwrap(api.registry.clusters.$get({}, { init: { signal } }))
      const query = { q: typed, limit: FOUND }
      const found = await Promise.all(
        clusters.items
          .filter(({ repositories }) => repositories > 0)
          .map(({ name: cluster }) =>
            unwrap(
              api.registry[':cluster'].repositories.$get({ param: { cluster }, query }, { init: { signal } }),
            ),
          ),
      )
      return found.flatMap(({ items }) => items).slice(0, FOUND)
    },
    enabled: typed.length >= 2,
    placeholderData: keepPreviousData,
  })

/** The first Debian repositories that match what is typed. */
export const foundAptRepositories = (typed: string) =>
  queryOptions({
    queryKey: ['apt', 'found', typed] as const,
    queryFn: ({ signal }) =>
      unwrap(api.apt.repositories.$get({ query: { q: typed, limit: FOUND } }, { init: { signal } })),
    enabled: typed.length >= 2,
    placeholderData: keepPreviousData,
  })

/** The first Debian sources, of any repository, that match what is typed. */
export const foundSources = (typed: string) =>
  queryOptions({
    queryKey: ['apt', 'search', typed] as const,
    queryFn: async ({ signal }) => {
      const { result } = await unwrap(api.search.$get({ query: { pkg: typed } }, { init: { signal } }))
      const bySource = new Map(result.map((one) => [`${one.repository}/${one.source}`, one]))
      return [...bySource.values()].slice(0, FOUND)
    },
    enabled: typed.length >= 2,
    placeholderData: keepPreviousData,
  })
