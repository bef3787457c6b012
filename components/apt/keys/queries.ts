import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { change, read, repositoryPath } from '@/components/apt/call'
import { aptKeys } from '@/components/apt/queries'
import type { AptKey, aptKeyInput, Uploader, UploaderInput } from '@/server/apt/keys/schema'

export const keysOf = (repo: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'keys'] as const,
    queryFn: async () => (await read<{ items: AptKey[] }>(repositoryPath(repo, '/keys'))).items,
  })

export const uploadersOf = (repo: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'uploaders'] as const,
    queryFn: async () => (await read<{ items: Uploader[] }>(repositoryPath(repo, '/uploaders'))).items,
  })

export const addKey = ({ repo, key }: { repo: string; key: z.input<typeof aptKeyInput> }) =>
  change<AptKey>('POST', repositoryPath(repo, '/keys'), { json: key })

export const retireKey = ({ repo, id }: { repo: string; id: string }) =>
  change<AptKey>('POST', repositoryPath(repo, `/keys/${id}/retire`))

export const addUploader = ({ repo, ...json }: UploaderInput & { repo: string }) =>
  change<Uploader>('POST', repositoryPath(repo, '/uploaders'), { json })

export const removeUploader = ({ repo, id }: { repo: string; id: string }) =>
  change<unknown>('DELETE', repositoryPath(repo, `/uploaders/${id}`))
