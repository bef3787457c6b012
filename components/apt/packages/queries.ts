import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { aptKeys } from '@/components/apt/queries'
import { unwrap } from '@/server/api/client'
import type { PackageDetail, SourceDetail } from '@/server/apt/packages/schema'

interface SourcesAsked {
  q?: string
  branch?: string
  cursor?: string
}

export const sourcesOf = (repo: string, query: SourcesAsked) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'sources', query] as const,
    queryFn: ({ signal }) =>
      unwrap(api.apt.repositories[':repo'].sources.$get({ param: { repo }, query }, { init: { signal } })),
  })

export const sourceAt = (repo: string, source: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'source', source] as const,
    queryFn: (): Promise<SourceDetail> =>
      unwrap(api.apt.repositories[':repo'].sources[':source'].$get({ param: { repo, source } })),
  })

export const packageAt = (repo: string, id: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'package', id] as const,
    queryFn: (): Promise<PackageDetail> =>
      unwrap(api.apt.repositories[':repo'].packages[':id'].$get({ param: { repo, id } })),
  })
