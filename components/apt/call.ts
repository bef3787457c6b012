import { writeSearch } from '@/components/search-params'
import { unwrap } from '@/server/api/client'

/** What is read from `/api/v1` at a path. @throws ApiError with the server's words. */
export function read<Answer>(path: string, query: object = {}, signal?: AbortSignal): Promise<Answer> {
  const headers = { accept: 'application/json' }
  return unwrap(fetch(`/api/v1${path}${writeSearch(query)}`, { headers, signal }))
}

/** A change at a path below `/api/v1`, with a JSON body. @throws ApiError with the server's words. */
export function change<Answer>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  { json, query = {} }: { json?: object; query?: object } = {},
): Promise<Answer> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const body = json === undefined ? undefined : JSON.stringify(json)
  return unwrap(fetch(`/api/v1${path}${writeSearch(query)}`, { method, headers, body }))
}

/** Where the API has a repository. @param rest encoded already. */
export function repositoryPath(repo: string, rest = ''): string {
  return `/apt/repositories/${encodeURIComponent(repo)}${rest}`
}

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}
