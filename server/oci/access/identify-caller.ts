import { LRUCache } from 'lru-cache'
import { anonymous } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Notices } from '@/server/events'
import type { Eventually } from '@/server/http/eventually'
import type { Caller } from '@/server/oci/access/caller'
import { checkCredentials } from '@/server/oci/access/check-credentials'
import { readCredentials } from '@/server/oci/access/credentials'
import type { Cluster } from '@/server/storage/clusters'

/** Bounds how long somebody is taken for who they were, should a notice not come. */
const KEPT_MS = 10_000
const KEPT = 5_000
/** Characters of headers; a login may be long and mean nothing. */
const KEPT_TEXT = 8 * 1024 * 1024

/** Who sends nothing may do what everyone may, with no token for it either. */
const nobody: Caller = { actor: anonymous, grants: 'all' }

interface Memory {
  known: LRUCache<string, Caller>
  asking: Map<string, Promise<Caller>>
}

/**
 * Tells who sends a request to the registry from its Authorization header: at once for a header that was seen lately.
 * Revoked tokens, disabled people and changed teams end it at their notice.
 */
export class CallerIdentifier {
  /** By cluster: a registry token is for one of them, and one with its own users knows other people. */
  readonly #memories = new Map<string, Memory>()
  readonly #stopListening: (() => void)[]
  /** Raised by each notice: what was asked before one is not kept after it. */
  #generation = 0

  constructor(
    private readonly ctx: Context,
    notices: Notices,
  ) {
    const forget = () => this.#forget()
    this.#stopListening = [notices.on('token', forget), notices.on('access', forget)]
  }

  /**
   * @param authorization the header; without one, it is nobody.
   * @param address of the client, asked for only when something must be checked: failed passwords count against it. All
   *   clients without an address share one limit.
   * @returns rejects with AppError `unauthenticated` for credentials that are wrong, or missing where everyone has a name;
   *   `rate_limited` while an account is locked or an address has failed too often.
   */
  identify(
    cluster: Cluster,
    authorization: string | undefined,
    address: () => string = () => 'unknown',
  ): Eventually<Caller> {
    if (authorization === undefined) return cluster.users ? Promise.reject(nameless(cluster)) : nobody
    const memory = this.#memoryOf(cluster.name)
    return (
      memory.known.get(authorization) ??
      memory.asking.get(authorization) ??
      this.#ask(memory, { cluster, authorization, address: address() })
    )
  }

  close(): void {
    for (const stop of this.#stopListening) stop()
  }

  #memoryOf(name: string): Memory {
    const memory = this.#memories.get(name)
    if (memory !== undefined) return memory
    const known = new LRUCache<string, Caller>({
      max: KEPT,
      ttl: KEPT_MS,
      maxSize: KEPT_TEXT,
      sizeCalculation: (_caller, header) => header.length + 1,
    })
    const fresh: Memory = { known, asking: new Map() }
    this.#memories.set(name, fresh)
    return fresh
  }

  #forget(): void {
    this.#generation += 1
    for (const { known, asking } of this.#memories.values()) {
      known.clear()
      asking.clear()
    }
  }

  #ask(memory: Memory, asked: { cluster: Cluster; authorization: string; address: string }): Promise<Caller> {
    const { authorization } = asked
    const asking = this.#read(memory, asked).finally(() => {
      if (memory.asking.get(authorization) === asking) memory.asking.delete(authorization)
    })
    memory.asking.set(authorization, asking)
    return asking
  }

  async #read(
    memory: Memory,
    { cluster, authorization, address }: { cluster: Cluster; authorization: string; address: string },
  ): Promise<Caller> {
    const generation = this.#generation
    const credentials = readCredentials(authorization)
    if (credentials === undefined) {
      throw new AppError('unauthenticated', 'The Authorization header is neither Basic nor Bearer.')
    }
    const { caller, endsAt } = await checkCredentials(this.ctx, { cluster, credentials, address })
    const left = endsAt === undefined ? KEPT_MS : endsAt - this.ctx.now().getTime()
    if (generation === this.#generation && left > 0) {
      memory.known.set(authorization, caller, { ttl: Math.min(KEPT_MS, left) })
    }
    return caller
  }
}

function nameless({ name }: Cluster): AppError {
  return new AppError('unauthenticated', `Sign in with a token of ${name}.`)
}
