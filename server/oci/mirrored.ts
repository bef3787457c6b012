import type { Answer } from '@/server/http/answer'
import type { Eventually } from '@/server/http/eventually'
import type { RequestFields } from '@/server/http/request-fields'
import type { RegistryRoute } from '@/server/oci/route'

/** Below this node are the images that are mirrored from other registries; nothing is pushed there. */
export const MIRROR = 'mirror'

export interface MirroredRequest {
  method: 'GET' | 'HEAD'
  /** Path and query as sent, below `/v2/mirror/` or with `ns`. */
  target: string
  /** The registry that the client means, where it says so beside the name (containerd's `?ns=`). */
  namespace: string | undefined
  fields: RequestFields
  /** Id of the team that the client speaks for; undefined for none. */
  team: string | undefined
  address(): string | undefined
}

/** Answers for mirrored images; undefined when nobody has declared anything of that registry. */
export type AnswerMirrored = (request: MirroredRequest) => Eventually<Answer | undefined>

/**
 * The node that a request for a mirrored image is judged at; undefined for a request of the cluster's own repositories.
 * @param ownHost under which the client knows this registry: as a namespace it means nothing else.
 */
export function mirroredNode(
  route: RegistryRoute,
  ownHost: string,
): { node: string; namespace?: string } | undefined {
  if (!('name' in route)) return undefined
  if (isMirrored(route.name)) return { node: route.name }
  const namespace = route.query.get('ns')
  if (namespace === null || namespace === '' || namespace === ownHost) return undefined
  return { node: `${MIRROR}/${route.name}`, namespace }
}

/** Whether a repository of this name would be among the mirrored ones. */
export function isMirrored(name: string): boolean {
  return name === MIRROR || name.startsWith(`${MIRROR}/`)
}
