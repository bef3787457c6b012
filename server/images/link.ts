import { field, type UpstreamHeaders } from '@/server/mirror/upstream-response'

/**
 * The next page of a list of referrers, from its Link field (RFC 8288, `rel="next"`), as a path below the repository.
 * @param path of this page, below the repository: only its query may change.
 * @returns undefined at the end, and for a link that leads anywhere else.
 */
export function nextPage(headers: UpstreamHeaders, path: string): string | undefined {
  const link = field(headers, 'link') ?? ''
  const target = /^<([^<>]{1,4096})>[^,]*;\s*rel="?next"?/i.exec(link)?.[1]
  if (target === undefined) return undefined
  const query = target.replace(/^[^?]*/, '').replace(/#.*$/s, '')
  const base = path.replace(/\?.*$/s, '')
  // A list that leads back to itself would never end.
  return query === '' || `${base}${query}` === path ? undefined : `${base}${query}`
}
