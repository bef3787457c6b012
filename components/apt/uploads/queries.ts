import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/components/api'
import { aptKeys } from '@/components/apt/queries'
import { unwrap } from '@/server/api/client'
import type { importInput, UploadDetail, UploadState } from '@/server/apt/uploads/schema'

interface UploadsAsked {
  state?: UploadState
  branch?: string
  q?: string
  cursor?: string
}

const LIVE_MS = 3000

/** Uploads of a repository, read again every few seconds while files of one are still coming. */
export const uploadsOf = (repo: string, query: UploadsAsked) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'uploads', query] as const,
    queryFn: ({ signal }) =>
      unwrap(api.apt.repositories[':repo'].uploads.$get({ param: { repo }, query }, { init: { signal } })),
    refetchInterval: ({ state }) =>
      state.data?.items.some((upload) => upload.state === 'receiving') ? LIVE_MS : false,
  })

export const uploadAt = (repo: string, id: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'upload', id] as const,
    queryFn: (): Promise<UploadDetail> =>
      unwrap(api.apt.repositories[':repo'].uploads[':id'].$get({ param: { repo, id } })),
    refetchInterval: ({ state }) => (state.data?.state === 'receiving' ? LIVE_MS : false),
  })

interface Target {
  branch: string
  /** Empty for the one that the package names itself. */
  component: string
}

/** Where one package is sent as the body of a request. */
export function packageUploadUrl(repo: string, { branch, component }: Target): string {
  const search = new URLSearchParams({ branch, via: 'portal', ...(component !== '' && { component }) })
  return `/api/v1/apt/repositories/${encodeURIComponent(repo)}/packages?${search}`
}

export const importPackages = ({ repo, ...json }: z.input<typeof importInput> & { repo: string }) =>
  unwrap(api.apt.repositories[':repo'].imports.$post({ param: { repo }, query: {}, json }))
