import { HOT_BLOB_SIZE, type HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import { publicUrl } from '@/server/env'
import { type Answer, withoutBody } from '@/server/http/answer'
import { clientNetwork } from '@/server/http/client-network'
import { chain, type Eventually } from '@/server/http/eventually'
import { represent } from '@/server/http/represent'
import type { RequestFields } from '@/server/http/request-fields'
import type {
  FoundPart,
  KnownRepository,
  MirroredFinder,
  MirroredPart,
  MirroredReferrer,
} from '@/server/images/find-mirrored'
import { canonicalRegistry, repositoryIn } from '@/server/images/image-name'
import { manifestUrl } from '@/server/images/image-url'
import { type Missing, refusalOf } from '@/server/images/refuse-image'
import type { DownloadCounter } from '@/server/mirror/download-counter'
import type { MissRecorder } from '@/server/mirror/miss-recorder'
import { answerOfError, faultAnswer, jsonAnswer } from '@/server/oci/answers'
import { OCI_INDEX } from '@/server/oci/media-types'
import { type RegistryRoute, routeOf } from '@/server/oci/route'

/** A request that a client makes of a registry, however it reached us. */
export interface ImageRequest {
  method: string
  /** By any of its names, in normal form: host, and port unless it is 443. */
  registry: string
  /** Path and query as sent: `/v2/library/debian/manifests/sha256:…`. */
  target: string
  fields: RequestFields
  /** Id of the team that the client speaks for. */
  team: string
  /** Of the client's end of the connection; asked for when it is needed. */
  address(): string | undefined
}

interface Parts {
  ctx: Context
  finder: Pick<MirroredFinder, 'part' | 'referrers' | 'known'>
  hot: Pick<HotBlobs, 'get' | 'load'>
  /** Of images. */
  downloads: Pick<DownloadCounter, 'add'>
  misses: Pick<MissRecorder, 'add'>
}

type Reading = ImageRequest & { method: 'GET' | 'HEAD' }

/**
 * Answers requests of the registry protocol with mirrored images (OCI distribution-spec 1.1, “Pull” and “Listing
 * Referrers”); it never dials out. What was asked for lately is in memory, and then the answer is there without a promise.
 */
export class ImageAnswerer {
  readonly #publicUrl: string

  constructor(private readonly parts: Parts) {
    this.#publicUrl = publicUrl(parts.ctx.env)
  }

  /**
   * @returns undefined for what is none of the protocol's paths, and for a registry of which no image is declared, unless it is
   *   asked for one.
   * @throws what database and storage throw.
   */
  answer(request: ImageRequest): Eventually<Answer | undefined> {
    const registry = canonicalRegistry(request.registry)
    let route: RegistryRoute | undefined
    try {
      route = routeOf(request.target)
    } catch (error) {
      return this.#ifKnown(registry, () => onlyHead(request, answerOfError(error)))
    }
    if (route === undefined || route.kind === 'token') return undefined
    const { method } = request
    if (method !== 'GET' && method !== 'HEAD') return this.#ifKnown(registry, () => readOnly)
    const reading = { ...request, method, registry } as Reading
    return chain(this.#answerRoute(reading, route), (answer) => answer && onlyHead(request, answer))
  }

  #answerRoute(
    request: Reading,
    route: Exclude<RegistryRoute, { kind: 'token' }>,
  ): Eventually<Answer | undefined> {
    const { finder } = this.parts
    const { registry } = request
    switch (route.kind) {
      case 'base':
        // No challenge: clients then ask for no token.
        return this.#ifKnown(registry, () => jsonAnswer({}))
      case 'catalog':
        return this.#ifKnown(registry, () =>
          faultAnswer('UNSUPPORTED', 'A mirrored registry has no catalog.'),
        )
      case 'manifest':
        return this.#answerPart(request, repositoryIn(registry, route.name), route.reference, true)
      case 'blob':
        return this.#answerPart(request, repositoryIn(registry, route.name), route.digest, false)
      case 'referrers':
        return this.#ifKnown(registry, () => this.#answerReferrers(request, route))
      case 'tags':
        return chain(finder.known(registry, repositoryIn(registry, route.name)), (known) =>
          known.registry ? tagsAnswer(known, `${registry}/${route.name}`, route.name) : undefined,
        )
      default:
        return this.#ifKnown(registry, () => readOnly)
    }
  }

  #answerReferrers(
    { registry }: Reading,
    { name, digest, query }: Extract<RegistryRoute, { kind: 'referrers' }>,
  ): Eventually<Answer> {
    return chain(this.parts.finder.referrers(registry, repositoryIn(registry, name), digest), (found) =>
      referrersAnswer(found, query.get('artifactType')),
    )
  }

  #ifKnown(registry: string, answer: () => Eventually<Answer>): Eventually<Answer | undefined> {
    return chain(this.parts.finder.known(registry, ''), (known) => (known.registry ? answer() : undefined))
  }

  #answerPart(
    request: Reading,
    repository: string,
    reference: string,
    wantsManifest: boolean,
  ): Eventually<Answer | undefined> {
    return chain<FoundPart, Answer | undefined>(
      this.parts.finder.part(request.registry, repository, reference),
      (found) => {
        if (found.state === 'stored' && found.isManifest === wantsManifest) return this.#serve(request, found)
        const missing = { registry: request.registry, repository, reference, wantsManifest, found }
        // Many a site has paths that look like those of blobs; only a manifest is asked for by its name.
        if (!wantsManifest) return this.#ifKnown(request.registry, () => this.#refuse(request, missing))
        return this.#refuse(request, missing)
      },
    )
  }

  #serve(request: Reading, part: MirroredPart): Eventually<Answer> {
    const { representation } = part
    const { key, size } = representation
    if (size > HOT_BLOB_SIZE || request.method === 'HEAD') return this.#answerWith(request, part, undefined)
    const content = this.parts.hot.get(key)
    if (content !== undefined) return this.#answerWith(request, part, content)
    return this.parts.hot.load(representation).then((loaded) => this.#answerWith(request, part, loaded))
  }

  #answerWith(
    { method, fields, team }: Reading,
    { representation, imageId, isTop }: MirroredPart,
    content: Buffer | undefined,
  ): Answer {
    const answer = represent({ method, fields, content }, representation)
    const reachedEnd = isTop && answer.reachesEnd === true
    answer.sent = (bytes) => this.parts.downloads.add({ id: imageId, team, bytes, reachedEnd })
    return answer
  }

  #refuse(request: Reading, missing: Missing & { found: FoundPart }): Answer {
    const { ctx, misses } = this.parts
    const { registry, repository, reference, found, wantsManifest } = missing
    const refusal = refusalOf(missing, { now: ctx.now(), publicUrl: this.#publicUrl })
    const isDenied = found.state === 'absent' && found.denied !== null
    // Who gets no manifest asks for no blobs, and a blob is not what anybody could declare.
    if (wantsManifest && !isDenied) {
      misses.add({
        url: manifestUrl(registry, repository, reference),
        host: registry,
        clientNetwork: clientNetwork(request.address()),
        userAgent: request.fields.userAgent ?? '',
        team: request.team,
        imageId: imageOf(found),
      })
    }
    return refusal
  }
}

/** The image that somebody meant who did not get it, if it is declared: then there is nothing left to decide. */
function imageOf(found: FoundPart): string | undefined {
  if (found.state === 'absent') return found.tagged?.imageId
  return found.state === 'unchosen' ? undefined : found.imageId
}

const readOnly: Answer = faultAnswer(
  'UNSUPPORTED',
  'Mirrored images are only read: what is stored here never changes.',
  ['Allow', 'GET, HEAD'],
)

function tagsAnswer({ repository, tags }: KnownRepository, whole: string, name: string): Answer {
  if (repository) return jsonAnswer({ name, tags })
  return faultAnswer('NAME_UNKNOWN', `Nobody has declared an image of ${whole}.`)
}

function referrersAnswer(found: readonly MirroredReferrer[], artifactType: string | null): Answer {
  const manifests =
    artifactType === null ? found : found.filter((referrer) => referrer.artifactType === artifactType)
  const headers = artifactType === null ? [] : ['OCI-Filters-Applied', 'artifactType']
  return jsonAnswer({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }, { type: OCI_INDEX, headers })
}

function onlyHead({ method }: { method: string }, answer: Answer): Answer {
  return method === 'HEAD' && answer.body !== undefined ? withoutBody(answer) : answer
}
