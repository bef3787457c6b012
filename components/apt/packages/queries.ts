import { queryOptions } from '@tanstack/react-query'
import { type Page, read, repositoryPath } from '@/components/apt/call'
import { aptKeys } from '@/components/apt/queries'
import type { PackageDetail, SourceDetail, SourceRow } from '@/server/apt/packages/schema'

interface SourcesAsked {
  q?: string
  branch?: string
  cursor?: string
}

export const sourcesOf = (repo: string, query: SourcesAsked) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'sources', query] as const,
    queryFn: ({ signal }) => read<Page<SourceRow>>(repositoryPath(repo, '/sources'), query, signal),
  })

export const sourceAt = (repo: string, source: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'source', source] as const,
    queryFn: () => read<SourceDetail>(repositoryPath(repo, `/sources/${encodeURIComponent(source)}`)),
  })

export const packageAt = (repo: string, id: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'package', id] as const,
    queryFn: () => read<PackageDetail>(repositoryPath(repo, `/packages/${id}`)),
  })
