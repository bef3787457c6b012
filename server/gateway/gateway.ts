import type { IncomingMessage, ServerResponse } from 'node:http'
import { DmoveAnswerer } from '@/server/apt/moves/answer-dmove'
import { AptAnswerer } from '@/server/apt/serve/answer-apt'
import { UploadAnswerer } from '@/server/apt/uploads/answer-upload'
import { ArchiveAnswerer } from '@/server/archives/answer-archive'
import { HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { answerContent } from '@/server/gateway/answer-content'
import { answerPage } from '@/server/gateway/answer-page'
import { type Answer, textAnswer } from '@/server/http/answer'
import { Delivery } from '@/server/http/deliver'
import { chain, type Eventually } from '@/server/http/eventually'
import { type Incoming, incomingOf } from '@/server/http/incoming'
import type { Metrics } from '@/server/http/metrics'
import { ambiguityOf } from '@/server/http/request-fields'
import { ImageAnswerer } from '@/server/images/answer-image'
import { MirroredFinder } from '@/server/images/find-mirrored'
import { canonicalRegistry } from '@/server/images/image-name'
import { mirrorNode, mirrorTarget } from '@/server/images/mirror-path'
import { DownloadCounter, NO_TEAM } from '@/server/mirror/download-counter'
import { ContentFinder } from '@/server/mirror/find-content'
import { MissRecorder } from '@/server/mirror/miss-recorder'
import { faultAnswer } from '@/server/oci/answers'
import type { MirroredImages } from '@/server/oci/mirrored'
import { Registry } from '@/server/oci/registry'

interface Parts {
  ctx: Context
  notices: Notices
  metrics: Metrics
}

const CONTENTS = '/files/sha256/'

const unavailable = () =>
  textAnswer({ status: 503, text: 'This cannot be answered now.\n', headers: ['Retry-After', '10'] })

/** The registry answers its own errors; what fails here is a content that cannot be read, which is nobody's fault outside. */
const unreadable = () => faultAnswer('UNAVAILABLE', 'This content cannot be read now.', ['Retry-After', '10'])

/**
 * Everything that the gateway's port and the portal's port serve alike. Answers are written straight to the connection, with
 * the length they say: Next would drop it, and cost a hundred times as much for each.
 */
export class Gateway {
  readonly #parts: Parts
  readonly #contents: ContentFinder
  readonly #hot = new HotBlobs()
  readonly #downloads: DownloadCounter
  readonly #misses: MissRecorder
  readonly #imageDownloads: DownloadCounter
  readonly #mirrored: MirroredFinder
  readonly #registry: Registry
  readonly #apt: AptAnswerer
  readonly #uploads: UploadAnswerer
  readonly #dmove: DmoveAnswerer
  readonly #archives: ArchiveAnswerer
  readonly #delivery: Delivery

  constructor(parts: Parts) {
    const { ctx, notices, metrics } = parts
    this.#parts = parts
    this.#contents = new ContentFinder(ctx, notices)
    this.#downloads = new DownloadCounter(ctx)
    this.#misses = new MissRecorder(ctx)
    this.#imageDownloads = new DownloadCounter(ctx, 'image')
    this.#mirrored = new MirroredFinder(ctx, notices)
    const images = new ImageAnswerer({
      ...{ ctx, hot: this.#hot, misses: this.#misses, finder: this.#mirrored },
      downloads: this.#imageDownloads,
    })
    const answer: MirroredImages['answer'] = ({ namespace, target, team = NO_TEAM, ...asked }) => {
      if (namespace === undefined) {
        const meant = mirrorTarget(target)
        return meant === undefined ? undefined : images.answer({ ...asked, ...meant, team })
      }
      const registry = canonicalRegistry(namespace)
      return chain(this.#mirrored.known(registry, ''), (known) =>
        known.registry ? images.answer({ ...asked, registry, target, team }) : undefined,
      )
    }
    this.#registry = new Registry({ ctx, notices, mirrored: { nodeOf: mirrorNode, answer }, hot: this.#hot })
    this.#apt = new AptAnswerer({ ctx, notices, hot: this.#hot })
    this.#uploads = new UploadAnswerer({ ctx })
    this.#dmove = new DmoveAnswerer({ ctx })
    this.#archives = new ArchiveAnswerer({ ctx, notices })
    this.#delivery = new Delivery({ log: ctx.log, traffic: metrics.traffic('gateway') })
  }

  /** Never throws: what goes wrong is answered, or ends this one response. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const asked = incomingOf(request, response)
    const isRegistry = asked.target.startsWith('/v2')
    this.#delivery.deliver(() => this.#answer(asked), response, isRegistry ? unreadable : unavailable)
  }

  async close(): Promise<void> {
    this.#contents.close()
    this.#registry.close()
    this.#apt.close()
    this.#mirrored.close()
    const counters = [this.#downloads, this.#imageDownloads, this.#misses, this.#archives]
    await Promise.all(counters.map((one) => one.close()))
  }

  #answer(asked: Incoming): Eventually<Answer> {
    const { method, target, fields } = asked
    const fault = ambiguityOf(fields)
    if (fault !== undefined) return textAnswer({ status: 400, text: `${fault}\n` })
    if (target.startsWith('/v2/') || target === '/v2' || target.startsWith('/v2?')) {
      return this.#registry.answer(asked)
    }
    if (target.startsWith('/apt/')) return this.#apt.answer(asked)
    if (target.startsWith('/upload/')) return this.#uploads.answer(asked)
    if (target === '/dmove' || target.startsWith('/dmove?')) return this.#dmove.answer(asked)
    if (target.startsWith('/archive/')) return this.#archives.answer(asked)
    if (!target.startsWith(CONTENTS)) return answerPage(this.#parts, asked)
    const digest = target.slice(CONTENTS.length).replace(/\?.*$/, '')
    const serving = { contents: this.#contents, hot: this.#hot, downloads: this.#downloads }
    return answerContent({ method, digest, fields }, serving)
  }
}
