import { writeSearch } from '@/components/search-params'

interface RepositoryPlace {
  cluster: string
  name: string
}

/** The page of a repository. */
export function repositoryHref({ cluster, name }: RepositoryPlace, search: { tab?: string } = {}): string {
  return `/registry/${[cluster, ...name.split('/')].map(encodeURIComponent).join('/')}${writeSearch(search)}`
}

/** The page of a manifest. @param reference a digest or a tag. */
export function manifestHref(place: RepositoryPlace, reference: string): string {
  return `${repositoryHref(place)}${writeSearch({ manifest: reference })}`
}

/** The tree of a cluster at a node. */
export function nodeHref(cluster: string, path: string): string {
  return `/registry${writeSearch({ cluster, path })}`
}

/** The rules of a node. */
export function accessHref(cluster: string, path: string): string {
  return `/registry/access${writeSearch({ cluster, path })}`
}

/** `//sys/admin/images`; the root is `/`. */
export function writtenNode(path: string): string {
  return path === '' ? '/' : `//${path}`
}
