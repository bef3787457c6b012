// Below /debian, because /apt/… on the portal’s port is what apt itself asks for.
import type { RepositoryTab } from '@/components/apt/filter'
import { writeSearch } from '@/components/search-params'

/** The page of a repository, at one of its tabs. */
export function repositoryHref(repo: string, search: { tab?: RepositoryTab; [name: string]: unknown } = {}) {
  return `/debian/${encodeURIComponent(repo)}${writeSearch(search, { tab: 'board' })}`
}

/** The page of a source with all its versions. */
export function sourceHref(repo: string, source: string, search: { version?: string } = {}): string {
  return `/debian/${encodeURIComponent(repo)}/sources/${encodeURIComponent(source)}${writeSearch(search)}`
}

/** The page of one package of one architecture. */
export function packageHref(repo: string, id: string): string {
  return `/debian/${encodeURIComponent(repo)}/packages/${id}`
}

/** The report of an upload. */
export function uploadHref(repo: string, id: string): string {
  return `/debian/${encodeURIComponent(repo)}/uploads/${id}`
}

/** What one move did. */
export function moveHref(repo: string, id: string): string {
  return `/debian/${encodeURIComponent(repo)}/moves/${id}`
}
