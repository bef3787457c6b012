import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { LRUCache } from 'lru-cache'
import type { Authority } from '@/server/proxy/authority-pem'
import { certificatePem } from '@/server/proxy/certificates'
import { parseHostName } from '@/server/proxy/host-name'
import { issueLeaf, leafValidity } from '@/server/proxy/leaf'

interface LeafCacheOptions {
  authority: Authority
  now: () => Date
  /** Hosts kept at a time, a thousand unless told; one takes about 24 KiB. */
  capacity?: number
  /** 48 secret bytes; processes that share them resume each other's TLS sessions. Random for this cache unless given. */
  ticketKeys?: Buffer
}

interface Entry {
  context: Promise<SecureContext>
  /** Milliseconds since the epoch from which on the host gets a new leaf. */
  renewAt: number
}

/**
 * Forged leaves, ready for node:tls. All share one key that never leaves the process, so that a new host costs one
 * signature; callers who ask for the same host at once share one minting.
 */
export class LeafCache {
  readonly #now: () => Date
  readonly #entries: LRUCache<string, Entry>
  readonly #publicKey: Buffer
  readonly #privateKeyPem: string
  /** One for all contexts: a session outlives the leaf it began with, be it evicted, renewed or rotated. */
  readonly #ticketKeys: Buffer
  #authority: Authority
  #minted = 0

  constructor(options: LeafCacheOptions) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#now = options.now
    this.#authority = options.authority
    this.#entries = new LRUCache({ max: options.capacity ?? 1000 })
    this.#ticketKeys = options.ticketKeys ?? randomBytes(48)
    this.#publicKey = publicKey.export({ type: 'spki', format: 'der' })
    this.#privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }

  /** How many leaves were signed since the start. */
  get minted(): number {
    return this.#minted
  }

  /** How many hosts are kept. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * The context to answer a TLS client with that wants `host` (from SNI, or from CONNECT when there is no SNI). A leaf
   * in the last quarter of its life is replaced first.
   *
   * @throws AppError `invalid` when `host` is neither a host name nor an address, `unavailable` when the authority has expired.
   */
  async secureContext(host: string): Promise<SecureContext> {
    const { name } = parseHostName(host)
    const now = this.#now()
    const known = this.#entries.get(name)
    if (known !== undefined && now.getTime() < known.renewAt) return known.context
    const { notAfter } = leafValidity(this.#authority, now)
    const renewAt = now.getTime() + 0.75 * (notAfter.getTime() - now.getTime())
    const entry = { context: this.#mint(name, now), renewAt }
    this.#entries.set(name, entry)
    // A failure is told to those who wait for it, and not kept for those who come later.
    entry.context.catch(() => {
      if (this.#entries.peek(name) === entry) this.#entries.delete(name)
    })
    return entry.context
  }

  /** From now on leaves come from `authority`; handshakes under way end with the former one. */
  rotate(authority: Authority): void {
    this.#authority = authority
    this.#entries.clear()
  }

  async #mint(name: string, now: Date): Promise<SecureContext> {
    const { chainPem } = this.#authority
    this.#minted += 1
    const leaf = await issueLeaf({ issuer: this.#authority, names: [name], publicKey: this.#publicKey, now })
    return createSecureContext({
      cert: certificatePem(leaf.der) + chainPem,
      key: this.#privateKeyPem,
      // Clients bring no certificates, so Node need not attach its list of public authorities.
      ca: [],
      ticketKeys: this.#ticketKeys,
    })
  }
}
