import { queryOptions } from '@tanstack/react-query'
import { change, read } from '@/components/apt/call'
import type { Archive, ArchiveInput, ArchivePatch, ArchiveUses } from '@/server/archives/schema'

export const archiveKeys = {
  all: ['archives'] as const,
  list: ['archives', 'list'] as const,
  uses: (name: string) => ['archives', 'uses', name] as const,
}

const path = (name: string, rest = '') => `/archives/${encodeURIComponent(name)}${rest}`

/** All archives: there are few. */
export const archiveList = queryOptions({
  queryKey: archiveKeys.list,
  queryFn: async ({ signal }) => (await read<{ items: Archive[] }>('/archives', {}, signal)).items,
})

/** Who fetched from an archive, and how much on each day. */
export const usesOf = (name: string) =>
  queryOptions({
    queryKey: archiveKeys.uses(name),
    queryFn: ({ signal }) => read<ArchiveUses>(path(name, '/uses'), {}, signal),
  })

export const createArchive = (json: ArchiveInput) => change<Archive>('POST', '/archives', { json })

export const changeArchive = ({ name, ...json }: ArchivePatch & { name: string }) =>
  change<Archive>('PATCH', path(name), { json })

export const removeArchive = ({ name }: { name: string }) => change<unknown>('DELETE', path(name))
