import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { unwrap } from '@/server/api/client'
import type { AuthorityImport, AuthorityRotation } from '@/server/proxy/schema'

export const authorityKeys = { all: ['authority'] as const }

export const authorityList = queryOptions({
  queryKey: authorityKeys.all,
  queryFn: () => unwrap(api.authority.$get()),
})

export const rotateAuthority = (json: AuthorityRotation) =>
  unwrap(api.authority.rotate.$post({ json, query: {} }))

export const importAuthority = (json: AuthorityImport) =>
  unwrap(api.authority.import.$post({ json, query: {} }))

export const retireAuthority = ({ id }: { id: string }) =>
  unwrap(api.authority[':id'].retire.$post({ param: { id }, query: {} }))
