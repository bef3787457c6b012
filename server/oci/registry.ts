import { LRUCache } from 'lru-cache'
import type { HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import { toAppError } from '@/server/errors'
import type { Notices } from '@/server/events'
import { type Answer, withoutBody } from '@/server/http/answer'
import { chain, type Eventually } from '@/server/http/eventually'
import type { Incoming } from '@/server/http/incoming'
import type { Caller } from '@/server/oci/access/caller'
import { CATALOG_SCOPE } from '@/server/oci/access/challenge'
import { originOf } from '@/server/oci/access/request-origin'
import type { NodePermission } from '@/server/oci/access/schema'
import { Admission, type Asked, type Place, rightOf } from '@/server/oci/admission'
import { AnswerMemo } from '@/server/oci/answer-memo'
import {
  answerBase,
  answerBlob,
  answerCatalog,
  answerManifest,
  answerReferrers,
  answerTags,
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
import { type MirroredImages, mirroredName } from '@/server/oci/mirrored'
import { type RegistryRoute, routeOf } from '@/server/oci/route'

interface Parts {
  ctx: Context
  notices: Notices
  hot: Pick<HotBlobs, 'get' | 'load'>
  mirrored: MirroredImages
}

/** A request, and what the memo was when it came. */
type Coming = Asked & { generation: number }

/** Longer targets are not worth remembering; nor are those of many parameters, each of which takes memory of its own. */
const REMEMBERED_LENGTH = 500
const REMEMBERED_QUERY = 2

/**
 * The registry, whole: `/v2/…` of every cluster (OCI distribution-spec 1.1). One of these serves a process; gateway and web
 * hand it requests in one form.
 */
export class Registry {
  readonly #parts: Parts
  readonly #admission: Admission
  readonly #finder: RegistryFinder
  readonly #memo: AnswerMemo
  /** Reading a target and a Host takes longer than all the rest of a hit, and both are the same again and again. */
  readonly #routes = new LRUCache<string, RegistryRoute>({ max: 20_000 })
  readonly #places = new LRUCache<string, Place>({ max: 1_000 })

  constructor(parts: Parts) {
    const { ctx, notices } = parts
    this.#parts = parts
    this.#admission = new Admission(ctx, notices)
    this.#finder = new RegistryFinder(ctx, notices)
    this.#memo = new AnswerMemo(notices)
  }

  close(): void {
    this.#admission.close()
    this.#finder.close()
    this.#memo.close()
  }

  /** Never rejects: what goes wrong is answered in the protocol's words. A cached content is answered without a promise. */
  answer(request: Incoming): Eventually<Answer> {
    const remembered = this.#memo.get(request)
    if (remembered !== undefined) return remembered
    const failed = (error: unknown) => this.#failed(request, error)
    try {
      const answer = this.#route(request)
      return chain(answer instanceof Promise ? answer.catch(failed) : answer, (known) =>
        forMethod(request, known),
      )
    } catch (error) {
      return forMethod(request, failed(error))
    }
  }

  #route(request: Incoming): Eventually<Answer> {
    const { ctx } = this.#parts
    const { generation } = this.#memo
    const place = this.#placeOf(request)
    const route = this.#routeOf(request.target)
    if (route === undefined) return faultAnswer('NAME_UNKNOWN', 'The registry has no such path.')
    if (route.kind === 'token') {
      const { identifier, access } = this.#admission
      return answerTokenRequest({ ctx, identifier, access }, request)
    }
    const asked = { ...place, request, route, generation }
    return chain(this.#admission.identify(asked), (who) =>
      'answer' in who ? who.answer : this.#admit(asked, who.caller),
    )
  }

  #routeOf(target: string): RegistryRoute | undefined {
    const known = this.#routes.get(target)
    if (known !== undefined) return known
    const route = routeOf(target)
    if (route !== undefined && target.length <= REMEMBERED_LENGTH && route.query.size <= REMEMBERED_QUERY)
      this.#routes.set(target, route)
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

  /** `/v2/` challenges everybody who has no name: only then do clients send credentials where they are needed later. */
  #admit(asked: Coming, caller: Caller): Eventually<Answer> {
    const { request, route, cluster, origin } = asked
    const isNameless = caller.actor.kind === 'anonymous'
    if (route.kind === 'base') {
      if (isNameless && request.fields.authorization === undefined) {
        return this.#admission.challenge({ cluster, origin, scopes: [] }, 'Sign in, or ask for a token.')
      }
      return request.method === 'GET' || request.method === 'HEAD'
        ? answerBase()
        : unsupported(request.method)
    }
    if (route.kind === 'catalog') {
      const scopes = [CATALOG_SCOPE]
      if (isNameless && request.fields.authorization === undefined) {
        return this.#admission.challenge({ cluster, origin, scopes }, 'Sign in, or ask for a token.')
      }
      if (!mayList(caller)) {
        return this.#admission.challenge(
          { cluster, origin, scopes, error: 'insufficient_scope' },
          'The registry token that was sent is not for the catalog.',
        )
      }
      return this.#answer(asked, caller)
    }
    const right = rightOf(request.method, route)
    if (right === undefined || !('name' in route)) return unsupported(request.method)
    const elsewhere = mirroredName(route, origin.host)
    if (elsewhere === undefined) return this.#admitOwn(asked, caller, right)
    return chain(
      this.#admitMirrored(asked, caller, elsewhere, right),
      (answer) => answer ?? this.#admitOwn(asked, caller, right),
    )
  }

  #admitOwn(asked: Coming, caller: Caller, right: NodePermission): Eventually<Answer> {
    const { route, cluster } = asked
    if (!('name' in route)) return unsupported(asked.request.method)
    return chain(this.#admission.access.decide(cluster, caller, right, route.name), (decision) =>
      decision.allowed
        ? chain(this.#answer(asked, caller), (answer) => this.#remember(asked, answer))
        : this.#admission.refuse(asked, caller, decision),
    )
  }

  /** Contents alone, and only where nobody but us decides who may have them. */
  #remember({ request, route, cluster, generation }: Coming, answer: Answer): Answer {
    const isContent = route.kind === 'manifest' || route.kind === 'blob'
    if (isContent && cluster.users === undefined) this.#memo.keep(request, answer, generation)
    return answer
  }

  /**
   * Mirrored images are read only, and by whom their nodes below `mirror` let. Undefined for a namespace of which nothing is declared:
   * then it is one more name of this registry, and says nothing.
   */
  #admitMirrored(
    { request, cluster, origin, route }: Asked,
    caller: Caller,
    { name, namespace }: NonNullable<ReturnType<typeof mirroredName>>,
    right: NodePermission,
  ): Eventually<Answer | undefined> {
    const { method, target, fields, address } = request
    if (namespace !== undefined && right !== 'read') return undefined
    if (right !== 'read' || (method !== 'GET' && method !== 'HEAD')) {
      const message =
        'Below mirror/ are images of other registries: declare them, and push under another name.'
      return faultAnswer('UNSUPPORTED', message)
    }
    const node = this.#parts.mirrored.nodeOf({ namespace, name })
    // A client that says the registry beside the name asks for a token of the name alone.
    const grants = namespace === undefined ? grantsAt(caller.grants, name, node) : 'all'
    const asking = { ...caller, grants }
    return chain(this.#admission.access.decide(cluster, asking, 'read', node), (decision) => {
      if (!decision.allowed)
        return this.#admission.refuse({ request, cluster, origin, route }, caller, decision)
      const { actor } = caller
      const team = actor.onlyTeam === undefined ? undefined : actor.teams[0]?.id
      const unknown = faultAnswer('NAME_UNKNOWN', 'No image of this registry is declared.')
      return chain(
        this.#parts.mirrored.answer({ method, target, fields, address, team, namespace }),
        (found) => (found === undefined && namespace === undefined ? unknown : found),
      )
    })
  }

  #answer({ request, route, cluster }: Asked, caller: Caller): Eventually<Answer> {
    const { ctx, hot } = this.#parts
    const { fields, method } = request
    if (method === 'GET' || method === 'HEAD') {
      const parts = { ctx, hot, finder: this.#finder, access: this.#admission.access }
      const asked = { method, fields, cluster, caller } as const
      switch (route.kind) {
        case 'manifest':
          return answerManifest({ ...asked, route }, parts)
        case 'blob':
          return answerBlob({ ...asked, route }, parts)
        case 'tags':
          return answerTags({ ...asked, route }, parts)
        case 'referrers':
          return answerReferrers({ ...asked, route }, parts)
        case 'catalog':
          return answerCatalog({ ...asked, route }, parts)
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
      // Other processes are told at commit; this one's next request must see it without waiting for that. What an upload
      // brings is no change of anything that was found.
      if (route.kind === 'manifest' || route.kind === 'blob') {
        this.#finder.forget()
        this.#memo.forget()
      }
    }
  }

  #failed({ method, target }: Incoming, error: unknown): Answer {
    const known = toAppError(error)
    if (faultOf(known) === 'UNKNOWN')
      this.#parts.ctx.log.error({ err: error, method, target }, 'a registry request failed')
    return answerOfError(known)
  }
}

function unsupported(method: string): Answer {
  return faultAnswer('UNSUPPORTED', `${method} is not supported here.`)
}

/** The answer to a HEAD is that to a GET, but for the body. */
function forMethod({ method }: Incoming, answer: Answer): Answer {
  return method === 'HEAD' && answer.body !== undefined ? withoutBody(answer) : answer
}

function mayList({ grants }: Caller): boolean {
  if (grants === 'all') return true
  return grants.some(
    ({ type, name, actions }) => type === 'registry' && name === 'catalog' && actions.includes('*'),
  )
}

/** A token is asked for under the name that the client knows, and holds at the node that is meant. */
function grantsAt(grants: Caller['grants'], name: string, node: string): Caller['grants'] {
  if (grants === 'all') return grants
  return grants.map((grant) => (grant.name === name ? { ...grant, name: node } : grant))
}
