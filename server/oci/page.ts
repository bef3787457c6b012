import { RegistryFault } from '@/server/oci/faults'

/** What a list is to begin after, and how long it may be. */
export interface PageQuery {
  last: string
  /** Entries at most; 0 is a page of none. */
  limit: number
}

/** Entries of a page whose length the client leaves open, and of the longest that it can ask for. */
export const MAX_PAGE = 10_000

/**
 * Reads `n` and `last` of a list (OCI distribution-spec 1.1, “Listing Tags”).
 * @throws RegistryFault `PAGINATION_NUMBER_INVALID`.
 */
export function pageOf(query: URLSearchParams): PageQuery {
  const n = query.get('n')
  if (n !== null && !/^\d{1,9}$/.test(n)) {
    throw new RegistryFault('PAGINATION_NUMBER_INVALID', '“n” is not a number of entries.')
  }
  const limit = n === null ? MAX_PAGE : Math.min(Number(n), MAX_PAGE)
  return { last: (query.get('last') ?? '').slice(0, 300), limit }
}

/**
 * The Link to what follows a page (RFC 8288), if anything does.
 * @param path of the list.
 * @param query what the next page is asked for with.
 */
export function linkTo(path: string, query: Record<string, string>): string[] {
  return ['Link', `<${path}?${new URLSearchParams(query)}>; rel="next"`]
}
