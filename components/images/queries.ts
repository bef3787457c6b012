import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import type { ImageFilter } from '@/components/images/filter'
import { unwrap } from '@/server/api/client'
import type { ImageDetail, ImageInput, ImagesInput, ResolvedTag, ResolveInput } from '@/server/images/schema'
import type { Downloads } from '@/server/mirror/schema'

export const imageKeys = {
  all: ['images'] as const,
  list: (filter: ImageFilter) => ['images', 'list', filter] as const,
  detail: (id: string) => ['images', 'detail', id] as const,
  downloads: (id: string) => ['images', 'downloads', id] as const,
  facets: ['images', 'facets'] as const,
}

const LIVE_MS = 3000
const FACETS_FRESH_MS = 60_000

/** Whether something will happen to it by itself. */
export const isMoving = ({ state }: { state: string }) => state === 'pending' || state === 'fetching'

/** A page of images, read again every few seconds while one of them is on its way. */
export const imageList = (filter: ImageFilter) =>
  queryOptions({
    queryKey: imageKeys.list(filter),
    queryFn: ({ signal }) => unwrap(api.images.$get({ query: filter }, { init: { signal } })),
    refetchInterval: ({ state }) => (state.data?.items.some(isMoving) ? LIVE_MS : false),
  })

/** By what the list can be filtered, with how many images each has. */
export const imageFacetsNow = queryOptions({
  queryKey: imageKeys.facets,
  queryFn: () => unwrap(api.images.facets.$get()),
  staleTime: FACETS_FRESH_MS,
})

/** One image with its tree and uses; read again while it is on its way. */
export const imageById = (id: string) =>
  queryOptions({
    queryKey: imageKeys.detail(id),
    queryFn: (): Promise<ImageDetail> => unwrap(api.images[':id'].$get({ param: { id } })),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? LIVE_MS : false),
  })

/** Downloads of one image by day and by team. */
export const downloadsOf = (id: string) => ({
  queryKey: imageKeys.downloads(id),
  queryFn: (): Promise<Downloads> => unwrap(api.images[':id'].downloads.$get({ param: { id }, query: {} })),
})

export const retryImage = ({ id }: { id: string }) =>
  unwrap(api.images[':id'].retry.$post({ param: { id }, query: {} }))

export const declareImage = (json: ImageInput): Promise<ImageDetail> =>
  unwrap(api.images.$post({ json, query: {} }))

export const declareImages = (json: ImagesInput) => unwrap(api.images.batch.$post({ json, query: {} }))

/** What a tag points to just now. */
export const resolveTag = (json: ResolveInput): Promise<ResolvedTag> =>
  unwrap(api.images.resolve.$post({ json }))

/** Fetches these platforms as well; all the rest without any. */
export const choosePlatforms = ({ id, platforms }: { id: string; platforms: string[] }) =>
  unwrap(api.images[':id'].platforms.$post({ param: { id }, query: {}, json: { platforms } }))
