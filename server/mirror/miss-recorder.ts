import type { Context } from '@/server/context'
import { PeriodicFlush } from '@/server/mirror/periodic-flush'
import {
  forgetOldMisses,
  type MissTally,
  type SightingTally,
  writeMisses,
} from '@/server/mirror/write-misses'

interface RefusedRequest {
  /** In normal form, at most 2,048 characters. */
  url: string
  host: string
  /** Such as `192.0.2.0/24`. */
  clientNetwork: string
  userAgent: string
  /** Id of the team that the client spoke for; `NO_TEAM` for none. */
  team: string
  /** The image that was meant, where it is declared. */
  imageId?: string | undefined
}

const USER_AGENT_LENGTH = 200
/** Different URLs gathered within a second; of more, only their number is logged. */
const MAX_URLS = 2_000
/** Different clients of one URL gathered within a second; further ones count for the URL alone. */
const MAX_SIGHTINGS = 50
const FORGET_EVERY_MS = 10_000

/**
 * Records refused URLs, grouped by client network, user agent and team. Refusing only adds to a number in memory; the rows
 * are written together. Memory and rows are bounded, however many URLs a client invents.
 */
export class MissRecorder {
  #gathered = new Map<string, MissTally>()
  #dropped = 0
  #forgetAt = 0
  readonly #flush: PeriodicFlush

  constructor(private readonly ctx: Context) {
    this.#flush = new PeriodicFlush(() => this.#write(), ctx.log)
  }

  add(request: RefusedRequest): void {
    const at = this.ctx.now().toISOString()
    const miss = this.#gathered.get(request.url) ?? this.#open(request, at)
    if (miss === undefined) return
    miss.count += 1
    miss.last = at
    miss.imageId = request.imageId ?? null
    const sighting = findSighting(miss, request, at)
    if (sighting === undefined) return
    sighting.count += 1
    sighting.last = at
  }

  /** Writes what is gathered. */
  async close(): Promise<void> {
    await this.#flush.now()
  }

  #open({ url, host }: RefusedRequest, at: string): MissTally | undefined {
    if (this.#gathered.size >= MAX_URLS) {
      this.#dropped += 1
      return undefined
    }
    const miss: MissTally = { url, host, imageId: null, count: 0, first: at, last: at, sightings: new Map() }
    this.#gathered.set(url, miss)
    this.#flush.due()
    return miss
  }

  async #write(): Promise<void> {
    const misses = [...this.#gathered.values()]
    if (this.#dropped > 0) {
      this.ctx.log.warn({ dropped: this.#dropped }, 'more URLs were refused than are recorded in a second')
      this.#dropped = 0
    }
    if (misses.length === 0) return
    this.#gathered = new Map()
    try {
      await writeMisses(this.ctx, misses)
    } catch (error) {
      for (const miss of misses) if (!this.#gathered.has(miss.url)) this.#gathered.set(miss.url, miss)
      throw error
    }
    const now = this.ctx.now().getTime()
    if (now < this.#forgetAt) return
    this.#forgetAt = now + FORGET_EVERY_MS
    await forgetOldMisses(this.ctx)
  }
}

function findSighting(miss: MissTally, request: RefusedRequest, at: string): SightingTally | undefined {
  const { clientNetwork, team } = request
  // PostgreSQL has no NUL in text, and nobody misses control characters.
  const userAgent = request.userAgent.replace(/\p{Cc}/gu, ' ').slice(0, USER_AGENT_LENGTH)
  const key = `${clientNetwork} ${team} ${userAgent}`
  const known = miss.sightings.get(key)
  if (known !== undefined || miss.sightings.size >= MAX_SIGHTINGS) return known
  const sighting = { clientNetwork, userAgent, team, count: 0, first: at, last: at }
  miss.sightings.set(key, sighting)
  return sighting
}
