import { LRUCache } from 'lru-cache'
import type { HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import { AppError, toAppError } from '@/server/errors'
import type { Notices } from '@/server/events'
import type { Answer } from '@/server/http/answer'
import { chain, type Eventually } from '@/server/http/eventually'
import type { Incoming } from '@/server/http/incoming'
import type { Caller } from '@/server/oci/access/caller'
import { CATALOG_SCOPE, challengeOf, repositoryScope } from '@/server/oci/access/challenge'
import { NodeAccess, type NodeDecision } from '@/server/oci/access/decide-node'
import { CallerIdentifier } from '@/server/oci/access/identify-caller'
import { addressOf, type Origin, originOf } from '@/server/oci/access/request-origin'
import type { NodePermission } from '@/server/oci/access/schema'
import {
  answerBase,
  answerBlob,
  answerCatalog,
  answerManifest,
  answerReferrers,
  answerTags,
  forMethod,
} from '@/server/oci/answer-read'
import { answerTokenRequest } from '@/server/oci/answer-token'
import {
  answerCancel,
  answerDeleteBlob,
  answerDeleteManifest,
  answerPatch,
  answerPost,
  answerPut,
  answerPutManifest,
  answerUpload,
} from '@/server/oci/answer-write'
import { answerOfError, faultAnswer } from '@/server/oci/answers'
import { faultOf } from '@/server/oci/faults'
import { RegistryFinder } from '@/server/oci/find-content'
import { type AnswerMirrored, mirroredNode } from '@/server/oci/mirrored'
import { type RegistryRoute, routeOf } from '@/server/oci/route'
import type { Cluster } from '@/server/storage/clusters'

interface Parts {
  ctx: Context
  notices: Notices
  hot: Pick<HotBlobs, 'get' | 'load'>
  mirrored: AnswerMirrored
}

/** Where a request was sent to. */
interface Place {
  cluster: Cluster
  origin: Origin
}

/** One request, with what is known of it so far. */
interface Asked extends Place {
  request: Incoming
  route: RegistryRoute
}

/** Longer targets are not worth remembering. */
const REMEMBERED_LENGTH = 500

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

/**
 * The registry, whole: `/v2/…` of every cluster (OCI distribution-spec 1.1). One of these serves a process; gateway and web
 * hand it requests in one form.
 */
export class Registry {
  readonly #parts: Parts
  readonly #identifier: CallerIdentifier
  readonly #access: NodeAccess
  readonly #finder: RegistryFinder
  /** Reading a target and a Host takes longer than all the rest of a hit, and both are the same again and again. */
  readonly #routes = new LRUCache<string, RegistryRoute>({ max: 20_000 })
  readonly #places = new LRUCache<string, Place>({ max: 1_000 })

  constructor(parts: Parts) {
    const { ctx, notices } = parts
    this.#parts = parts
    this.#identifier = new CallerIdentifier(ctx, notices)
    this.#access = new NodeAccess(ctx, notices)
    this.#finder = new RegistryFinder(ctx, notices)
  }

  close(): void {
    this.#identifier.close()
    this.#access.close()
    this.#finder.close()
  }

  /** Never rejects: what goes wrong is answered in the protocol's words. A cached content is answered without a promise. */
  answer(request: Incoming): Eventually<Answer> {
    const failed = (error: unknown) => this.#failed(request, error)
    try {
      const answer = this.#route(request)
      return answer instanceof Promise ? answer.catch(failed) : answer
    } catch (error) {
      return failed(error)
    }
  }

  #route(request: Incoming): Eventually<Answer> {
    const { ctx } = this.#parts
    const place = this.#placeOf(request)
    const route = this.#routeOf(request.target)
    if (route === undefined) {
      return forMethod(request.method, faultAnswer('NAME_UNKNOWN', 'The registry has no such path.'))
    }
    if (route.kind === 'token') {
      return answerTokenRequest({ ctx, identifier: this.#identifier, access: this.#access }, request)
    }
    const asked = { ...place, request, route }
    return chain(this.#identify(asked), (who) =>
      'answer' in who ? who.answer : this.#admit(asked, who.caller),
    )
  }

  #routeOf(target: string): RegistryRoute | undefined {
    const known = this.#routes.get(target)
    if (known !== undefined) return known
    const route = routeOf(target)
    if (route !== undefined && target.length <= REMEMBERED_LENGTH) this.#routes.set(target, route)
    return route
  }

  #placeOf({ fields, address }: Incoming): Place {
    const { env, clusters } = this.#parts.ctx
    const host = fields.host ?? fields.authority
    const isForwarded = fields.forwardedHost !== undefined || fields.forwardedProto !== undefined
    const known = isForwarded || host === undefined ? undefined : this.#places.get(host)
    if (known !== undefined) return known
    const origin = originOf({ ...fields, host, peer: address() ?? '' }, env)
    const place = { origin, cluster: clusters.ofHost(origin.host) }
    if (!isForwarded && host !== undefined) this.#places.set(host, place)
    return place
  }

  #identify({ request, cluster, origin, route }: Asked): Eventually<{ caller: Caller } | { answer: Answer }> {
    const { fields } = request
    const address = () => addressOf(fields.forwardedFor, request.address() ?? 'unknown', this.#parts.ctx.env)
    const caller = this.#identifier.identify(cluster, fields.authorization, address)
    if (!(caller instanceof Promise)) return { caller }
    return caller.then(
      (known) => ({ caller: known }),
      (error) => {
        const known = toAppError(error)
        if (known.code !== 'unauthenticated') throw error
        const tokenIsWrong = /^bearer /i.test(fields.authorization ?? '')
        const scopes = scopesOf(route, request.method)
        return {
          answer: this.#challenge(
            { cluster, origin, scopes, ...(tokenIsWrong && { error: 'invalid_token' }) },
            known.message,
          ),
        }
      },
    )
  }

  /** `/v2/` challenges everybody who has no name: only then do clients send credentials where they are needed later. */
  #admit(asked: Asked, caller: Caller): Eventually<Answer> {
    const { request, route, cluster, origin } = asked
    const isNameless = caller.actor.kind === 'anonymous'
    if (route.kind === 'base') {
      if (isNameless && request.fields.authorization === undefined) {
        return this.#challenge({ cluster, origin, scopes: [] }, 'Sign in, or ask for a token.')
      }
      return request.method === 'GET' || request.method === 'HEAD'
        ? forMethod(request.method, answerBase())
        : unsupported(request.method)
    }
    if (route.kind === 'catalog') {
      if (isNameless && request.fields.authorization === undefined) {
        return this.#challenge({ cluster, origin, scopes: [CATALOG_SCOPE] }, 'Sign in, or ask for a token.')
      }
      return this.#answer(asked, caller)
    }
    const right = rights[`${request.method === 'HEAD' ? 'GET' : request.method} ${route.kind}`]
    if (right === undefined || !('name' in route)) return unsupported(request.method)
    const elsewhere = mirroredNode(route, origin.host)
    if (elsewhere === undefined) return this.#admitOwn(asked, caller, right)
    return chain(
      this.#admitMirrored(asked, caller, elsewhere, right),
      (answer) => answer ?? this.#admitOwn(asked, caller, right),
    )
  }

  #admitOwn(asked: Asked, caller: Caller, right: NodePermission): Eventually<Answer> {
    const { route, cluster } = asked
    if (!('name' in route)) return unsupported(asked.request.method)
    return chain(this.#access.decide(cluster, caller, right, route.name), (decision) =>
      decision.allowed ? this.#answer(asked, caller) : this.#refuse(asked, caller, decision),
    )
  }

  /**
   * Mirrored images are read only, and by whom the node `mirror` lets. Undefined for a namespace of which nothing is declared:
   * then it is one more name of this registry, and says nothing.
   */
  #admitMirrored(
    { request, cluster, origin, route }: Asked,
    caller: Caller,
    { node, namespace }: NonNullable<ReturnType<typeof mirroredNode>>,
    right: NodePermission,
  ): Eventually<Answer | undefined> {
    const { method, target, fields, address } = request
    if (namespace !== undefined && right !== 'read') return undefined
    if (right !== 'read' || (method !== 'GET' && method !== 'HEAD')) {
      const message =
        'Below mirror/ are images of other registries: declare them, and push under another name.'
      return forMethod(method, faultAnswer('UNSUPPORTED', message))
    }
    // A client that says the registry beside the name asks for a token of the name alone.
    const asking = namespace === undefined ? caller : { ...caller, grants: 'all' as const }
    return chain(this.#access.decide(cluster, asking, 'read', node), (decision) => {
      if (!decision.allowed) return this.#refuse({ request, cluster, origin, route }, caller, decision)
      const { actor } = caller
      const team = actor.onlyTeam === undefined ? undefined : actor.teams[0]?.id
      const unknown = faultAnswer('NAME_UNKNOWN', 'No image of this registry is declared.')
      return chain(this.#parts.mirrored({ method, target, fields, address, team, namespace }), (found) =>
        found === undefined && namespace === undefined ? forMethod(method, unknown) : found,
      )
    })
  }

  #refuse({ request, cluster, origin, route }: Asked, { actor }: Caller, decision: NodeDecision): Answer {
    const scopes = scopesOf(route, request.method)
    if (decision.missingGrant) {
      return this.#challenge({ cluster, origin, scopes, error: 'insufficient_scope' }, decision.reason)
    }
    if (actor.kind === 'anonymous') return this.#challenge({ cluster, origin, scopes }, decision.reason)
    return forMethod(request.method, faultAnswer('DENIED', decision.reason))
  }

  #answer({ request, route, cluster }: Asked, caller: Caller): Eventually<Answer> {
    const { ctx, hot } = this.#parts
    const { fields, method } = request
    if (method === 'GET' || method === 'HEAD') {
      const parts = { ctx, hot, finder: this.#finder, access: this.#access }
      const asked = { method, fields, cluster, caller } as const
      switch (route.kind) {
        case 'manifest':
          return answerManifest({ ...asked, route }, parts)
        case 'blob':
          return answerBlob({ ...asked, route }, parts)
        case 'tags':
          return answerTags({ ...asked, route }, parts).then((answer) => forMethod(method, answer))
        case 'referrers':
          return answerReferrers({ ...asked, route }, parts).then((answer) => forMethod(method, answer))
        case 'catalog':
          return answerCatalog({ ...asked, route }, parts).then((answer) => forMethod(method, answer))
        case 'upload':
          return answerUpload({ ctx, fields, cluster, caller, route, body: request.body })
        default:
          return unsupported(method)
      }
    }
    return this.#change({ request, route, cluster }, caller)
  }

  async #change({ request, route, cluster }: Omit<Asked, 'origin'>, caller: Caller): Promise<Answer> {
    const { method, fields, body } = request
    const asked = { ctx: this.#parts.ctx, fields, cluster, caller, body }
    try {
      if (route.kind === 'uploads') return await answerPost({ ...asked, route })
      if (route.kind === 'upload' && method === 'PATCH') return await answerPatch({ ...asked, route })
      if (route.kind === 'upload' && method === 'PUT') return await answerPut({ ...asked, route })
      if (route.kind === 'upload') return await answerCancel({ ...asked, route })
      if (route.kind === 'manifest' && method === 'PUT') return await answerPutManifest({ ...asked, route })
      if (route.kind === 'manifest') return await answerDeleteManifest({ ...asked, route })
      if (route.kind === 'blob') return await answerDeleteBlob({ ...asked, route })
      return unsupported(method)
    } finally {
      // Other processes are told at commit; this one's next request must see it without waiting for that.
      this.#finder.forget()
    }
  }

  #challenge(
    { cluster, ...challenge }: Omit<Parameters<typeof challengeOf>[0], 'hasOwnUsers'> & { cluster: Cluster },
    message: string,
  ): Answer {
    const value = challengeOf({ ...challenge, hasOwnUsers: cluster.users !== undefined })
    return faultAnswer('UNAUTHORIZED', message, ['WWW-Authenticate', value])
  }

  #failed({ method, target }: Incoming, error: unknown): Answer {
    const known = toAppError(error)
    const fault = faultOf(known)
    if (fault === 'UNKNOWN')
      this.#parts.ctx.log.error({ err: error, method, target }, 'a registry request failed')
    return forMethod(method, answerOfError(known instanceof AppError ? known : error))
  }
}

function scopesOf(route: RegistryRoute, method: string): string[] {
  if (route.kind === 'catalog') return [CATALOG_SCOPE]
  const right = rights[`${method === 'HEAD' ? 'GET' : method} ${route.kind}`]
  const scope = right === undefined || !('name' in route) ? undefined : repositoryScope(route.name, right)
  return scope === undefined ? [] : [scope]
}

function unsupported(method: string): Answer {
  return forMethod(method, faultAnswer('UNSUPPORTED', `${method} is not supported here.`))
}
