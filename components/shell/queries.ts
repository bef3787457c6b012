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
