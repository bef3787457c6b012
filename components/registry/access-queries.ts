import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/components/api'
import { unwrap } from '@/server/api/client'
import type {
  NodeRules,
  nodeRuleInput,
  PermissionAnswer,
  PermissionQuestion,
} from '@/server/oci/access/schema'

interface NodePlace {
  cluster: string
  path: string
}

export const accessKeys = {
  // Below the registry's own: what one may do changes what one sees.
  all: ['registry', 'access'] as const,
  rules: ({ cluster, path }: NodePlace) => ['registry', 'access', cluster, path] as const,
}

export const rulesOf = ({ cluster, path }: NodePlace) =>
  queryOptions({
    queryKey: accessKeys.rules({ cluster, path }),
    queryFn: (): Promise<NodeRules> =>
      unwrap(api.registry[':cluster'].rules.$get({ param: { cluster }, query: { path } })),
  })

export const addRule = ({ cluster, path, ...json }: NodePlace & z.input<typeof nodeRuleInput>) =>
  unwrap(api.registry[':cluster'].rules.$post({ param: { cluster }, query: { path }, json }))

export const removeRule = ({ cluster, id }: { cluster: string; id: string }) =>
  unwrap(api.registry[':cluster'].rules[':id'].$delete({ param: { cluster, id }, query: {} }))

export const checkPermission = ({
  cluster,
  ...json
}: PermissionQuestion & { cluster: string }): Promise<PermissionAnswer> =>
  unwrap(api.registry[':cluster']['check-permission'].$post({ param: { cluster }, json }))
