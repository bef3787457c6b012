import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/components/api'
import { aptKeys } from '@/components/apt/queries'
import { unwrap } from '@/server/api/client'
import type { AptKey, aptKeyInput, Uploader, UploaderInput } from '@/server/apt/keys/schema'

export const keysOf = (repo: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'keys'] as const,
    queryFn: async (): Promise<AptKey[]> =>
      (await unwrap(api.apt.repositories[':repo'].keys.$get({ param: { repo }, query: {} }))).items,
  })

export const uploadersOf = (repo: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'uploaders'] as const,
    queryFn: async (): Promise<Uploader[]> =>
      (await unwrap(api.apt.repositories[':repo'].uploaders.$get({ param: { repo }, query: {} }))).items,
  })

export const addKey = ({ repo, key }: { repo: string; key: z.input<typeof aptKeyInput> }) =>
  unwrap(api.apt.repositories[':repo'].keys.$post({ param: { repo }, query: {}, json: key }))

export const retireKey = ({ repo, id }: { repo: string; id: string }) =>
  unwrap(api.apt.repositories[':repo'].keys[':id'].retire.$post({ param: { repo, id }, query: {} }))

export const addUploader = ({ repo, ...json }: UploaderInput & { repo: string }) =>
  unwrap(api.apt.repositories[':repo'].uploaders.$post({ param: { repo }, query: {}, json }))

export const removeUploader = ({ repo, id }: { repo: string; id: string }) =>
  unwrap(api.apt.repositories[':repo'].uploaders[':id'].$delete({ param: { repo, id }, query: {} }))
