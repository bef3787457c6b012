import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { change, type Page, read, repositoryPath } from '@/components/apt/call'
import { aptKeys } from '@/components/apt/queries'
import type { importInput, UploadDetail, UploadState, UploadSummary } from '@/server/apt/uploads/schema'
import type { Task } from '@/server/tasks/schema'

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
    queryFn: ({ signal }) => read<Page<UploadSummary>>(repositoryPath(repo, '/uploads'), query, signal),
    refetchInterval: ({ state }) =>
      state.data?.items.some((upload) => upload.state === 'receiving') ? LIVE_MS : false,
  })

export const uploadAt = (repo: string, id: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'upload', id] as const,
    queryFn: () => read<UploadDetail>(repositoryPath(repo, `/uploads/${id}`)),
    refetchInterval: ({ state }) => (state.data?.state === 'receiving' ? LIVE_MS : false),
  })

/** Where one package is sent as the body of a request. */
export function packageUploadUrl(repo: string, { branch, component }: { branch: string; component: string }) {
  const search = new URLSearchParams({ branch, via: 'portal', ...(component !== '' && { component }) })
  return `/api/v1${repositoryPath(repo, '/packages')}?${search}`
}

export const importPackages = ({ repo, ...json }: z.input<typeof importInput> & { repo: string }) =>
  change<Task>('POST', repositoryPath(repo, '/imports'), { json })
