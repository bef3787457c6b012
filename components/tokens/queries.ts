import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import type { TokenFilter } from '@/components/tokens/filter'
import { unwrap } from '@/server/api/client'
import type { TokenInput } from '@/server/auth/schema'

export const tokenKeys = {
  all: ['tokens'] as const,
  list: (filter: TokenFilter) => ['tokens', 'list', filter] as const,
}

export const tokenList = (filter: TokenFilter) =>
  queryOptions({
    queryKey: tokenKeys.list(filter),
    queryFn: () => unwrap(api.tokens.$get({ query: filter })),
  })

export const createToken = (json: TokenInput) => unwrap(api.tokens.$post({ json, query: {} }))

export const revokeToken = ({ id }: { id: string }) =>
  unwrap(api.tokens[':id'].$delete({ param: { id }, query: {} }))
