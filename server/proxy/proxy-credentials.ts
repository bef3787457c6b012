import { LRUCache } from 'lru-cache'
import { identifyToken } from '@/server/auth/identify'
import { type Actor, refusal as refusalOf } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { toAppError } from '@/server/errors'
import type { Notices } from '@/server/events'
import { NO_TEAM } from '@/server/mirror/download-counter'
import type { Refusal } from '@/server/proxy/refusal'

/** Whom a client speaks for, or why it may not speak. */
export type Identity = { team: string } | { refusal: Refusal }

const nobody: Identity = { team: NO_TEAM }

/** A revoked token ends at its notice; an expired one within this time. */
const KEPT_MS = 30_000
const KEPT = 5_000

/**
 * Tells from the Proxy-Authorization field (a token, as the password of Basic or as Bearer) which team a client speaks for.
 * With `ENTREPOT_PROXY_AUTH` `off` the field is not read; `optional` lets a client be nobody, but not somebody wrong.
 */
export class ProxyCredentials {
  readonly #mode: Context['env']['ENTREPOT_PROXY_AUTH']
  readonly #known: LRUCache<string, Identity>
  readonly #asking = new Map<string, Promise<Identity>>()
  readonly #stopListening: () => void
  /** Raised by each notice: what was asked before one is not kept after it. */
  #generation = 0

  constructor(
    private readonly ctx: Context,
    notices: Notices,
  ) {
    this.#mode = ctx.env.ENTREPOT_PROXY_AUTH
    this.#known = new LRUCache({ max: KEPT, ttl: KEPT_MS })
    this.#stopListening = notices.on('token', () => {
      this.#generation += 1
      this.#known.clear()
    })
  }

  identify(field: string | undefined): Identity | Promise<Identity> {
    if (this.#mode === 'off') return nobody
    if (field === undefined) {
      return this.#mode === 'optional' ? nobody : challenge('Send an API token to use this proxy.')
    }
    return this.#known.get(field) ?? this.#asking.get(field) ?? this.#ask(field)
  }

  close(): void {
    this.#stopListening()
  }

  #ask(field: string): Promise<Identity> {
    const asking = this.#read(field).finally(() => this.#asking.delete(field))
    this.#asking.set(field, asking)
    return asking
  }

  async #read(field: string): Promise<Identity> {
    const generation = this.#generation
    const identity = await this.#judge(field)
    if (generation === this.#generation) this.#known.set(field, identity)
    return identity
  }

  async #judge(field: string): Promise<Identity> {
    try {
      const actor = await identifyToken(this.ctx, field)
      const reason = refusalOf(actor, 'proxy.use')
      return reason === undefined
        ? { team: teamOf(actor) }
        : { refusal: { status: 403, code: 'forbidden', reason } }
    } catch (error) {
      const known = toAppError(error)
      if (known.code === 'unauthenticated') return challenge(known.message)
      throw error
    }
  }
}

/** The team that a token is bound to, or the only one of its owner: what is downloaded must not be guessed among several. */
function teamOf({ teams }: Actor): string {
  return teams.length === 1 ? (teams[0]?.id ?? NO_TEAM) : NO_TEAM
}

function challenge(reason: string): Identity {
  const headers = [
    ...['Proxy-Authenticate', 'Basic realm="Entrepot", charset="UTF-8"'],
    ...['Proxy-Authenticate', 'Bearer realm="Entrepot"'],
  ]
  return { refusal: { status: 407, code: 'proxy_authentication', reason, headers } }
}
