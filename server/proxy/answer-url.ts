import { LRUCache } from 'lru-cache'
import type { Context } from '@/server/context'
import { publicUrl } from '@/server/env'
import { toAppError } from '@/server/errors'
import type { Answer } from '@/server/http/answer'
import { clientNetwork } from '@/server/http/client-network'
import { chain, type Eventually } from '@/server/http/eventually'
import type { RequestFields } from '@/server/http/request-fields'
import type { ImageAnswerer } from '@/server/images/answer-image'
import type { FileFinder, FoundFile } from '@/server/mirror/find-file'
import type { MissRecorder } from '@/server/mirror/miss-recorder'
import { type FileServing, serveFile } from '@/server/mirror/serve-file'
import { MAX_URI_LENGTH, parseUri, type Uri } from '@/server/mirror/uri'
import { decide, type Refused } from '@/server/proxy/decide'
import { type Refusal, refuse } from '@/server/proxy/refusal'

/** A request for a URL, however it reached the proxy. */
interface UrlRequest {
  method: string
  /** As the client wrote it. */
  url: string
  fields: RequestFields
  /** Id of the team that the client speaks for. */
  team: string
  /** Of the client's end of the connection; asked for when it is needed. */
  address(): string | undefined
}

type ReadRequest = UrlRequest & { method: 'GET' | 'HEAD' }

interface Parts extends FileServing {
  ctx: Context
  files: Pick<FileFinder, 'find'>
  images: Pick<ImageAnswerer, 'answer'>
  misses: Pick<MissRecorder, 'add'>
}

/** Spellings of URLs whose normal form is remembered: reading one takes longer than all the rest of a hit. */
const REMEMBERED_URLS = 4096

/**
 * Answers requests for URLs with stored bytes or with a refusal; it never dials out. What it needs for a file that was
 * asked for lately is in memory, and then the answer is there without a promise.
 */
export class UrlAnswerer {
  readonly #parts: Parts
  readonly #publicUrl: string
  readonly #read = new LRUCache<string, Uri>({ max: REMEMBERED_URLS })

  constructor(parts: Parts) {
    this.#parts = parts
    this.#publicUrl = publicUrl(parts.ctx.env)
  }

  /** @throws what database and storage throw. */
  answer(request: UrlRequest): Eventually<Answer> {
    const { method, url } = request
    if (method !== 'GET' && method !== 'HEAD') return refuse(request, methodRefusal)
    if (url.length > MAX_URI_LENGTH) return refuse(request, lengthRefusal)
    const uri = this.#read.get(url) ?? this.#parse(url)
    if ('status' in uri) return refuse(request, uri)
    return chain(this.#parts.files.find(uri.uri), (found) =>
      this.#respond(request as ReadRequest, uri, found),
    )
  }

  #parse(url: string): Uri | Refusal {
    try {
      const uri = parseUri(url)
      this.#read.set(url, uri)
      return uri
    } catch (error) {
      const known = toAppError(error)
      if (known.code !== 'invalid') throw error
      return { status: 400, code: 'invalid_url', reason: known.message }
    }
  }

  #respond(request: ReadRequest, uri: Uri, found: FoundFile): Eventually<Answer> {
    const { ctx } = this.#parts
    const verdict = decide({ uri: uri.uri, host: uri.host, found, now: ctx.now, publicUrl: this.#publicUrl })
    if (verdict.kind === 'serve') return serveFile(request, verdict.file, this.#parts)
    const isOfRegistry = found.state === 'absent' && uri.target.startsWith('/v2')
    if (!isOfRegistry) return this.#refuse(request, uri, verdict)
    const asked = { ...request, registry: uri.host, target: uri.target }
    return chain(this.#parts.images.answer(asked), (answer) => answer ?? this.#refuse(request, uri, verdict))
  }

  #refuse(request: ReadRequest, uri: Uri, { refusal, missed }: Refused): Answer {
    if (missed) {
      const { team, fields, address } = request
      const client = { clientNetwork: clientNetwork(address()), userAgent: fields.userAgent ?? '', team }
      this.#parts.misses.add({ url: uri.uri, host: uri.host, ...client })
    }
    return refuse(request, refusal)
  }
}

const methodRefusal: Refusal = {
  status: 405,
  code: 'method_not_allowed',
  reason: 'Only GET and HEAD are answered: what is stored here never changes.',
  headers: ['Allow', 'GET, HEAD'],
}

const lengthRefusal: Refusal = {
  status: 414,
  code: 'url_too_long',
  reason: `The URL has more than ${MAX_URI_LENGTH.toLocaleString('en')} characters.`,
}
