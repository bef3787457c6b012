import { createHash } from 'node:crypto'
import type { Context } from '@/server/context'
import { AppError, toAppError } from '@/server/errors'
import { parseChallenges } from '@/server/images/challenge'
import { nextPage } from '@/server/images/link'
import { readSmall } from '@/server/images/read-small'
import { registryFault } from '@/server/images/registry-fault'
import { basic, fetchToken } from '@/server/images/registry-token'
import { credentialsFor } from '@/server/images/upstream-registries'
import { upstreamAgent } from '@/server/mirror/upstream-agent'
import { mayPass } from '@/server/mirror/upstream-fault'
import { type Answer, askUpstream, originOf } from '@/server/mirror/upstream-request'
import { field } from '@/server/mirror/upstream-response'
import { parseUri } from '@/server/mirror/uri'
import { isDigest, parseDigest } from '@/server/oci/digest'
import { type Descriptor, MAX_MANIFEST_BYTES, type ReadManifest, readManifest } from '@/server/oci/manifest'
import {
  DOCKER_SCHEMA1,
  DOCKER_SCHEMA1_SIGNED,
  isManifest,
  manifestTypes,
  OCI_INDEX,
} from '@/server/oci/media-types'

/** A manifest as its registry has it: the bytes are those of the digest. */
export interface UpstreamManifest {
  bytes: Buffer
  digest: string
  read: ReadManifest
}

interface Place {
  registry: string
  repository: string
  signal: AbortSignal
}

interface Asking {
  method?: 'GET' | 'HEAD'
  headers?: Record<string, string>
  /** Instead of the client's own. */
  signal?: AbortSignal
}

interface ReferrersPage {
  descriptors: Descriptor[]
  /** Path of the page after it. */
  next: string | undefined
}

/** Tokens run out, also while others use them. */
const MAX_SIGN_INS = 3
/** Lists of referrers that are longer end there. */
const MAX_PAGES = 50

/**
 * Asks one repository of a registry, as its clients do (OCI distribution-spec 1.1, “Pull” and “Listing Referrers”): signs in
 * when it is asked to, over connections that are guarded like all that fetches. Registries speak HTTPS; over plain HTTP they
 * are asked only at addresses that an administrator has named.
 */
export class RegistryClient {
  /** What is said to an origin once it has asked who we are: registries redirect to others that ask themselves. */
  readonly #authorizations = new Map<string, string>()
  #signingIn: Promise<void> | undefined
  /** The scheme that this registry speaks, once it is known. */
  #scheme: 'https' | 'http' | undefined
  #hasReferrers = true

  private constructor(
    private readonly ctx: Context,
    private readonly place: Place,
    private readonly credentials: { username: string; password: string } | undefined,
  ) {}

  /** @throws AppError `unavailable` when the stored credentials cannot be read. */
  static async open(ctx: Context, place: Place): Promise<RegistryClient> {
    return new RegistryClient(ctx, place, await credentialsFor(ctx, place.registry))
  }

  /**
   * A manifest by its digest or by a tag.
   * @param mediaType what the index says that names it.
   * @throws AppError `digest_mismatch`; `invalid` for what is no manifest; `too_large`; as `registryFault`.
   */
  async manifest(reference: string, mediaType?: string): Promise<UpstreamManifest> {
    const answer = await this.ask(`manifests/${reference}`, { headers: { accept: manifestTypes.join(', ') } })
    try {
      if (answer.status !== 200) throw this.fault(answer, reference)
      const bytes = await readSmall(this.ctx, answer, MAX_MANIFEST_BYTES)
      const said = field(answer.headers, 'content-type')?.replace(/;.*$/s, '').trim().toLowerCase()
      const type = said !== undefined && isManifest(said) ? said : mediaType
      const digest = this.#digestOf(bytes, reference, type)
      return { bytes, digest, read: readManifest(bytes, type) }
    } finally {
      answer.close()
    }
  }

  /** Whether a tag is there. @throws faults that may pass. */
  async hasTag(tag: string): Promise<boolean> {
    const accept = manifestTypes.join(', ')
    const answer = await this.ask(`manifests/${tag}`, { method: 'HEAD', headers: { accept } }).catch(absent)
    answer?.close()
    if (answer === undefined || answer.status === 200) return answer !== undefined
    this.#throwPassing(answer, tag)
    return false
  }

  /** An answer with status 200 or, to a range, 206, whose body is the blob or its part; `close` it. @throws as `registryFault`. */
  async blob(digest: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const answer = await this.ask(`blobs/${digest}`, { headers, signal })
    if (answer.status === 200 || answer.status === 206) return answer
    answer.close()
    throw this.fault(answer, digest)
  }

  /**
   * What the registry lists as being about a digest; undefined when it has no such lists, which it may say in any way.
   * @throws faults that may pass.
   */
  async referrers(digest: string): Promise<Descriptor[] | undefined> {
    if (!this.#hasReferrers) return undefined
    const found: Descriptor[] = []
    let path: string | undefined = `referrers/${digest}`
    for (let page = 0; path !== undefined && page < MAX_PAGES; page += 1) {
      const listed: ReferrersPage | undefined = await this.#referrersPage(path, digest).catch(absent)
      if (listed === undefined && page === 0) {
        this.#hasReferrers = false
        return undefined
      }
      found.push(...(listed?.descriptors ?? []))
      path = listed?.next
    }
    return found
  }

  async #referrersPage(path: string, digest: string): Promise<ReferrersPage | undefined> {
    const answer = await this.ask(path, { headers: { accept: OCI_INDEX } })
    try {
      this.#throwPassing(answer, digest)
      if (answer.status !== 200) return undefined
      const index = readManifest(await readSmall(this.ctx, answer, MAX_MANIFEST_BYTES), OCI_INDEX)
      return { descriptors: index.manifests, next: nextPage(answer.headers, path) }
    } finally {
      answer.close()
    }
  }

  /** The answer to a request below the repository, signed in where that was wanted; `close` it. */
  async ask(path: string, asking: Asking = {}): Promise<Answer> {
    for (let signIns = 0; ; signIns += 1) {
      const known = new Map(this.#authorizations)
      const answer = await this.#askBySomeScheme(path, asking)
      if (answer.status !== 401 || signIns === MAX_SIGN_INS) return answer
      const origin = originOf(answer.uri)
      const wanted = [answer.headers['www-authenticate'] ?? []].flat().join(', ')
      answer.close()
      // Another request may have signed in meanwhile.
      if (this.#authorizations.get(origin) === known.get(origin)) await this.#signIn(origin, wanted)
    }
  }

  /** The fault of an answer, naming what was asked for. */
  fault(answer: Answer, reference: string): AppError {
    const what = `${this.place.repository}${isDigest(reference) ? '@' : ':'}${reference}`
    return registryFault(answer, { now: this.ctx.now(), isKnown: this.credentials !== undefined, what })
  }

  async #askBySomeScheme(path: string, asking: Asking): Promise<Answer> {
    if (this.#scheme !== undefined) return this.#askBy(this.#scheme, path, asking)
    try {
      const answer = await this.#askBy('https', path, asking)
      this.#scheme ??= 'https'
      return answer
    } catch (error) {
      if (!maySpeakPlainly(error)) throw error
      // Nothing is said over plain HTTP but to addresses that an administrator has named.
      const answer = await this.#askBy('http', path, asking).catch(() => undefined)
      if (answer === undefined) throw error
      this.#scheme = 'http'
      return answer
    }
  }

  #askBy(scheme: 'https' | 'http', path: string, asking: Asking): Promise<Answer> {
    const { registry, repository } = this.place
    return askUpstream(upstreamAgent(this.ctx.env), {
      uri: parseUri(`${scheme}://${registry}/v2/${repository}/${path}`, 8192),
      method: asking.method ?? 'GET',
      headers: asking.headers ?? {},
      secretsFor: (origin) => {
        const authorization = this.#authorizations.get(origin)
        return authorization === undefined ? undefined : { authorization }
      },
      plainReach: 'inside',
      signal: asking.signal ?? this.place.signal,
      stallSeconds: this.ctx.env.ENTREPOT_FETCH_STALL_SECONDS,
    })
  }

  /** Signs in as the challenge asks; requests that are refused at the same time wait for one sign-in. */
  #signIn(origin: string, challenge: string): Promise<void> {
    this.#signingIn ??= this.#authorize(origin, challenge).finally(() => {
      this.#signingIn = undefined
    })
    return this.#signingIn
  }

  async #authorize(origin: string, field: string): Promise<void> {
    const { registry, repository, signal } = this.place
    // Stored credentials are the registry's: nobody to whom it redirects is told them.
    const credentials = origin === this.#origin() ? this.credentials : undefined
    const challenges = parseChallenges(field)
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'))
    if (bearer) {
      const scope = `repository:${repository}:pull`
      const token = await fetchToken(this.ctx, { registry, challenge: bearer, scope, credentials, signal })
      this.#authorizations.set(origin, `Bearer ${token}`)
      return
    }
    const isBasic = challenges.some(({ scheme }) => scheme === 'basic')
    if (isBasic && credentials && !this.#authorizations.has(origin)) {
      this.#authorizations.set(origin, basic(credentials))
      return
    }
    const why = !isBasic
      ? 'It asks for a sign-in that Entrepôt does not know.'
      : credentials
        ? 'The stored credentials do not suffice.'
        : 'An administrator can store credentials for this registry.'
    throw new AppError('upstream_refused', `${new URL(origin).host} lets nobody in without a sign-in. ${why}`)
  }

  #origin(): string {
    return originOf(parseUri(`${this.#scheme ?? 'https'}://${this.place.registry}/`))
  }

  #throwPassing(answer: Answer, reference: string): void {
    const { status } = answer
    if (status >= 500 ? status !== 501 : [408, 425, 429].includes(status)) throw this.fault(answer, reference)
  }

  #digestOf(bytes: Buffer, reference: string, type: string | undefined): string {
    const wanted = parseDigest(reference)
    const algorithm = wanted?.algorithm ?? 'sha256'
    const hex = createHash(algorithm).update(bytes).digest('hex')
    if (wanted === undefined || wanted.hex === hex) return `${algorithm}:${hex}`
    const { registry, repository } = this.place
    const what = `${registry}/${repository}@${reference}`
    const isFirst = type === DOCKER_SCHEMA1 || type === DOCKER_SCHEMA1_SIGNED
    throw new AppError(
      'digest_mismatch',
      isFirst
        ? `${registry} has ${what} only in docker’s first image format, whose digest is not that of its bytes: it cannot be mirrored.`
        : `${registry} answers ${what} with other bytes, whose digest is ${algorithm}:${hex}.`,
    )
  }
}

/** For what need not be there: a fault that will not pass says that it is not. @throws all others. */
function absent(error: unknown): undefined {
  if (error instanceof AppError && !mayPass(error)) return undefined
  throw error
}

/** Faults of a first connection over TLS after which plain HTTP is worth an attempt. */
function maySpeakPlainly(error: unknown): boolean {
  const { code, cause } = toAppError(error)
  const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? ''
  return code === 'upstream_unreachable' || reason === 'EPROTO' || reason.startsWith('ERR_SSL_')
}
