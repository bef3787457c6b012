import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/components/api'
import type { FileFilter } from '@/components/files/filter'
import { unwrap } from '@/server/api/client'
import type { bulkFiles, Downloads, FileDetail } from '@/server/mirror/schema'

export const fileKeys = {
  all: ['files'] as const,
  list: (filter: FileFilter) => ['files', 'list', filter] as const,
  detail: (id: string) => ['files', 'detail', id] as const,
  downloads: (id: string) => ['files', 'downloads', id] as const,
  facets: ['files', 'facets'] as const,
}

const LIVE_MS = 3000
const FACETS_FRESH_MS = 60_000

/** Whether something will happen to it by itself. */
export const isMoving = ({ state }: { state: string }) => state === 'pending' || state === 'fetching'

/** A page of files, read again every few seconds while one of them is on its way. */
export const fileList = (filter: FileFilter) =>
  queryOptions({
    queryKey: fileKeys.list(filter),
    queryFn: ({ signal }) => unwrap(api.files.$get({ query: filter }, { init: { signal } })),
    refetchInterval: ({ state }) => (state.data?.items.some(isMoving) ? LIVE_MS : false),
  })

/** By what the list can be filtered, with how many files each has. */
export const fileFacetsNow = queryOptions({
  queryKey: fileKeys.facets,
  queryFn: () => unwrap(api.files.facets.$get()),
  staleTime: FACETS_FRESH_MS,
})

/** One file with its uses; read again while it is on its way. */
export const fileById = (id: string) =>
  queryOptions({
    queryKey: fileKeys.detail(id),
    queryFn: (): Promise<FileDetail> => unwrap(api.files[':id'].$get({ param: { id } })),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? LIVE_MS : false),
  })

/** Downloads of one file by day and by team. */
export const downloadsOf = (id: string) => ({
  queryKey: fileKeys.downloads(id),
  queryFn: (): Promise<Downloads> => unwrap(api.files[':id'].downloads.$get({ param: { id }, query: {} })),
})

export const retryFile = ({ id }: { id: string }) =>
  unwrap(api.files[':id'].retry.$post({ param: { id }, query: {} }))

/** Retry, or retire the uses of one team, for many files at once. */
export const changeFiles = (json: z.input<typeof bulkFiles>) =>
  unwrap(api.files.bulk.$post({ json, query: {} }))
