import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { unwrap } from '@/server/api/client'

export const upstreamRegistryKeys = { all: ['upstream-registries'] as const }

const MOST = 500

export const upstreamRegistryList = queryOptions({
  queryKey: upstreamRegistryKeys.all,
  queryFn: () => unwrap(api.images.registries.$get({ query: { limit: MOST } })),
})

interface Credentials {
  registry: string
  username: string
  password: string
}

export const setUpstreamRegistry = ({ registry, ...json }: Credentials) =>
  unwrap(api.images.registries[':registry'].$put({ param: { registry }, query: {}, json }))

export const removeUpstreamRegistry = ({ registry }: { registry: string }) =>
  unwrap(api.images.registries[':registry'].$delete({ param: { registry }, query: {} }))
