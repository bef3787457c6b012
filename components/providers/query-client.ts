import { defaultShouldDehydrateQuery, QueryClient } from '@tanstack/react-query'
import { ApiError } from '@/server/api/client'

const STALE_MS = 30_000

/**
 * A cache of answers: one per request on the server, one per page load in the browser. Thirty seconds fresh, so that what the
 * server has rendered is not fetched again at once. A refusal is not tried again: it would be refused again.
 */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
      },
      dehydrate: {
        shouldDehydrateQuery: (query) =>
          defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
    },
  })
}
