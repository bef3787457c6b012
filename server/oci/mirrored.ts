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

/** Mirrored images, as the registry's door knows them. */
export interface MirroredImages {
  /**
   * The node at which a repository of another registry is judged: one, by whichever of their names a client knows the two.
   * @param asked the registry, undefined where `name` begins with it, below `mirror/`.
   */
  nodeOf(asked: { namespace: string | undefined; name: string }): string
  /** Undefined when nobody has declared anything of that registry. */
  answer(request: MirroredRequest): Eventually<Answer | undefined>
}

/**
 * The repository of another registry that a request means; undefined for a request of the cluster's own.
 * @param ownHost under which the client knows this registry: as a namespace it means nothing else.
 */
export function mirroredName(
  route: RegistryRoute,
  ownHost: string,
): { name: string; namespace: string | undefined } | undefined {
  if (!('name' in route)) return undefined
  const { name } = route
  if (isMirrored(name)) return { name, namespace: undefined }
  const namespace = route.query.get('ns') ?? ''
  return namespace === '' || namespace === ownHost ? undefined : { name, namespace }
}

/** Whether a repository of this name would be among the mirrored ones. */
export function isMirrored(name: string): boolean {
  return name === MIRROR || name.startsWith(`${MIRROR}/`)
}
