import type { Context } from '@/server/context'
import { toAppError } from '@/server/errors'
import type { Notices } from '@/server/events'
import type { Answer } from '@/server/http/answer'
import type { Eventually } from '@/server/http/eventually'
import type { Incoming } from '@/server/http/incoming'
import type { Caller } from '@/server/oci/access/caller'
import { CATALOG_SCOPE, challengeOf, repositoryScope } from '@/server/oci/access/challenge'
import { NodeAccess, type NodeDecision } from '@/server/oci/access/decide-node'
import { CallerIdentifier } from '@/server/oci/access/identify-caller'
import { addressOf, type Origin } from '@/server/oci/access/request-origin'
import type { NodePermission } from '@/server/oci/access/schema'
import { faultAnswer } from '@/server/oci/answers'
import type { RegistryRoute } from '@/server/oci/route'
import type { Cluster } from '@/server/storage/clusters'

/** Where a request was sent to. */
export interface Place {
  cluster: Cluster
  origin: Origin
}

/** One request, with what is known of it so far. */
export interface Asked extends Place {
  request: Incoming
  route: RegistryRoute
}

/** What a method does to a kind of path; what is not here is not supported. */
const rights: Record<string, NodePermission> = {
  'GET manifest': 'read',
  'GET blob': 'read',
  'GET tags': 'read',
  'GET referrers': 'read',
  'POST uploads': 'write',
  'GET upload': 'write',
  'PATCH upload': 'write',
  'PUT upload': 'write',
  'DELETE upload': 'write',
  'PUT manifest': 'write',
  'DELETE manifest': 'remove',
  'DELETE blob': 'remove',
}

/** The right that a request needs; undefined for what the registry does not do. */
export function rightOf(method: string, route: RegistryRoute): NodePermission | undefined {
  return rights[`${method === 'HEAD' ? 'GET' : method} ${route.kind}`]
}

/** The registry's door: who comes, what they may, and how it is said to those who may not. */
export class Admission {
  readonly identifier: CallerIdentifier
  readonly access: NodeAccess

  constructor(
    private readonly ctx: Context,
    notices: Notices,
  ) {
    this.identifier = new CallerIdentifier(ctx, notices)
    this.access = new NodeAccess(ctx, notices)
  }

  close(): void {
    this.identifier.close()
    this.access.close()
  }

  /** Who asks; the answer to those whose credentials are wrong. */
  identify({ request, cluster, origin, route }: Asked): Eventually<{ caller: Caller } | { answer: Answer }> {
    const { fields } = request
    const address = () => addressOf(fields.forwardedFor, request.address() ?? 'unknown', this.ctx.env)
    const caller = this.identifier.identify(cluster, fields.authorization, address)
    if (!(caller instanceof Promise)) return { caller }
    return caller.then(
      (known) => ({ caller: known }),
      (error) => {
        const known = toAppError(error)
        if (known.code !== 'unauthenticated') throw error
        const tokenIsWrong = /^bearer /i.test(fields.authorization ?? '')
        const scopes = scopesOf(route, request.method)
        return {
          answer: this.challenge(
            { cluster, origin, scopes, ...(tokenIsWrong && { error: 'invalid_token' }) },
            known.message,
          ),
        }
      },
    )
  }

  /** The answer to a caller who may not: a challenge while other credentials could help, a refusal otherwise. */
  refuse({ request, cluster, origin, route }: Asked, { actor }: Caller, decision: NodeDecision): Answer {
    const scopes = scopesOf(route, request.method)
    // RFC 6750 §3.1: who sent nothing is told of no error.
    if (decision.missingGrant && request.fields.authorization !== undefined) {
      return this.challenge({ cluster, origin, scopes, error: 'insufficient_scope' }, decision.reason)
    }
    if (actor.kind === 'anonymous') return this.challenge({ cluster, origin, scopes }, decision.reason)
    return faultAnswer('DENIED', decision.reason)
  }

  /** Asks for credentials, or for others. */
  challenge(
    { cluster, ...challenge }: Omit<Parameters<typeof challengeOf>[0], 'hasOwnUsers'> & { cluster: Cluster },
    message: string,
  ): Answer {
    const value = challengeOf({ ...challenge, hasOwnUsers: cluster.users !== undefined })
    return faultAnswer('UNAUTHORIZED', message, ['WWW-Authenticate', value])
  }
}

function scopesOf(route: RegistryRoute, method: string): string[] {
  if (route.kind === 'catalog') return [CATALOG_SCOPE]
  const right = rightOf(method, route)
  const scope = right === undefined || !('name' in route) ? undefined : repositoryScope(route.name, right)
  return scope === undefined ? [] : [scope]
}
