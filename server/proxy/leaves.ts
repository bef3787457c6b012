import { hkdfSync } from 'node:crypto'
import type { SecureContext } from 'node:tls'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { signingAuthority } from '@/server/proxy/authority-store'
import { LeafCache } from '@/server/proxy/leaf-cache'

/** An authority's turn to sign begins without a notice; this is how late we may notice. */
const LOOK_MS = 30_000

/**
 * Leaves of whichever authority signs at the moment: it changes by a notice, or by the clock. A failure to read the
 * authority is told to those who need a leaf meanwhile, and tried again at the next look.
 */
export class Leaves {
  readonly #timer: NodeJS.Timeout
  readonly #stopListening: () => void
  #cache: LeafCache | undefined
  #fingerprint = ''
  #failure: unknown
  #looking: Promise<void>

  constructor(
    private readonly ctx: Context,
    notices: Notices,
  ) {
    this.#looking = this.#look()
    this.#timer = setInterval(() => this.#lookAgain(), LOOK_MS).unref()
    this.#stopListening = notices.on('authority', () => this.#lookAgain())
  }

  /** How many leaves were signed since the start. */
  get minted(): number {
    return this.#cache?.minted ?? 0
  }

  /**
   * What to answer a TLS client with that wants `host`.
   * @throws AppError `invalid` for what is no host, `unavailable` when no authority can sign.
   */
  async secureContext(host: string): Promise<SecureContext> {
    if (this.#cache === undefined) await this.#looking
    if (this.#cache === undefined) throw this.#failure
    return this.#cache.secureContext(host)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#stopListening()
  }

  #lookAgain(): void {
    this.#looking = this.#looking.then(() => this.#look())
  }

  async #look(): Promise<void> {
    try {
      const authority = await signingAuthority(this.ctx)
      if (authority.fingerprint === this.#fingerprint) return
      this.#fingerprint = authority.fingerprint
      if (this.#cache !== undefined) this.#cache.rotate(authority)
      else
        this.#cache = new LeafCache({ authority, now: this.ctx.now, ticketKeys: ticketKeys(this.ctx.secret) })
    } catch (error) {
      this.#failure = error
      this.ctx.log.error({ err: error }, 'the certificate authority cannot be used')
    }
  }
}

/** The same in every process of an installation, so that a client resumes its session with whichever it meets. */
function ticketKeys(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'entrepot tls session tickets', 48))
}
