import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { unwrap } from '@/server/api/client'
import type { Archive, ArchiveInput, ArchivePatch, ArchiveUses } from '@/server/archives/schema'

export const archiveKeys = {
  all: ['archives'] as const,
  list: ['archives', 'list'] as const,
  uses: (name: string) => ['archives', 'uses', name] as const,
}

export const MOST_ARCHIVES = 500

/** All archives: there are few. */
export const archiveList = queryOptions({
  queryKey: archiveKeys.list,
  queryFn: async (): Promise<Archive[]> =>
    (await unwrap(api.archives.$get({ query: { limit: MOST_ARCHIVES } }))).items,
})

/** Who fetched from an archive, and how much on each day. */
export const usesOf = (name: string) =>
  queryOptions({
    queryKey: archiveKeys.uses(name),
    queryFn: (): Promise<ArchiveUses> => unwrap(api.archives[':name'].uses.$get({ param: { name } })),
  })

export const createArchive = (json: ArchiveInput) => unwrap(api.archives.$post({ json, query: {} }))

export const changeArchive = ({ name, ...json }: ArchivePatch & { name: string }) =>
  unwrap(api.archives[':name'].$patch({ param: { name }, query: {}, json }))

export const removeArchive = ({ name }: { name: string }) =>
  unwrap(api.archives[':name'].$delete({ param: { name }, query: {} }))
