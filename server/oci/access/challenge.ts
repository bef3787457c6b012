import type { Origin } from '@/server/oci/access/request-origin'
import type { NodePermission } from '@/server/oci/access/schema'
import { isRepositoryName } from '@/server/oci/name'

interface Challenge {
  origin: Origin
  /** The cluster decides by users of its own, who send Basic with each request. */
  hasOwnUsers: boolean
  /** What a token would have to be for: values of `repositoryScope`, `CATALOG_SCOPE`. */
  scopes?: readonly string[]
  /** RFC 6750 §3.1: what was wrong with the token that was sent, if one was. */
  error?: 'invalid_token' | 'insufficient_scope'
}

/** The list of all repositories, as token services name it. */
export const CATALOG_SCOPE = 'registry:catalog:*'

const wanted: Record<NodePermission, string> = {
  read: 'pull',
  write: 'pull,push',
  remove: 'delete',
  administer: '*',
}

/**
 * The scope that a client needs for this (distribution's token specification).
 * @returns undefined for a name that is none: nothing of it may get into a header.
 */
export function repositoryScope(name: string, right: NodePermission): string | undefined {
  return isRepositoryName(name) ? `repository:${name}:${wanted[right]}` : undefined
}

/** The value of WWW-Authenticate: where to get a token and for what, or that Basic is asked for. Pure. */
export function challengeOf({ origin, hasOwnUsers, scopes = [], error }: Challenge): string {
  const { scheme, host } = origin
  if (hasOwnUsers) return `Basic realm="${host}", charset="UTF-8"`
  return [
    `Bearer realm="${scheme}://${host}/v2/token"`,
    `service="${host}"`,
    ...(scopes.length === 0 ? [] : [`scope="${scopes.join(' ')}"`]),
    ...(error === undefined ? [] : [`error="${error}"`]),
  ].join(',')
}
