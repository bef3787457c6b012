import { type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { type Answer, textAnswer } from '@/server/http/answer'
import { type NodeResponse, writeAnswer } from '@/server/http/write-answer'
import type { Logger } from '@/server/logger'

interface Settings {
  /** URL that paths are put behind, without a slash at its end. */
  base: string
  /** Until the driver has taken the connection up, its TLS as well, in milliseconds. */
  connectMs?: number
  /** From the start of a request to the head of its answer, in milliseconds. A driver may rebuild indexes first. */
  answerMs?: number
  /** While nothing of the answer arrives, in milliseconds. */
  stallMs?: number
  log: Logger
}

const CONNECT_MS = 10_000
const ANSWER_MS = 300_000
const STALL_MS = 60_000

/** Between two hops alone (RFC 9110 §7.6.1, RFC 9112 §9.6); credentials for a proxy are for us. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
])
const REPLACED = new Set(['host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'])

/**
 * Hands requests on to another dmove driver as they are, and its answers back as they come. An administrator chose where to, so
 * no address is refused.
 */
export class DmoveUpstream {
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /**
   * Passes one request on. Settles when its answer is over, with its status, for those who count; what goes wrong is answered
   * 502 or 504 in words, or ends the connection where a part of the answer is out.
   */
  pass(request: IncomingMessage, response: ServerResponse): Promise<number> {
    return new Promise((settle) => {
      const { base, connectMs = CONNECT_MS, answerMs = ANSWER_MS, stallMs = STALL_MS } = this.#settings
      const isTls = base.startsWith('https:')
      const url = new URL(base)
      const hostname = url.hostname.replace(/^\[|\]$/g, '')
      const outgoing = (isTls ? requestHttps : requestHttp)({
        // The Host that is sent on is the client's; whom we speak to, and whose certificate it is, the base URL says.
        ...{ hostname, port: url.port, ...(isTls && { servername: isIP(hostname) ? '' : hostname }) },
        path: `${url.pathname.replace(/\/+$/, '')}${request.url ?? '/'}`,
        method: request.method,
        headers: forwardedHeaders(request),
        agent: false,
      })
      const fail = (answer: Answer, error: unknown) => {
        outgoing.destroy()
        stopClocks()
        if (response.destroyed) return settle(499)
        this.#settings.log.warn({ err: error, base }, 'a dmove could not be passed on')
        if (response.headersSent) response.destroy()
        else void writeAnswer(response as NodeResponse, answer)
        request.resume()
        settle(answer.status)
      }
      const late = (what: string, ms: number) => fail(tooLate(base, what, ms), `${what} in time`)
      const connecting = setTimeout(late, connectMs, 'did not take the connection up', connectMs)
      const answering = setTimeout(late, answerMs, 'gave no answer', answerMs)
      const stopClocks = () => {
        clearTimeout(connecting)
        clearTimeout(answering)
      }
      outgoing.on('socket', (socket) => {
        socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
      })
      outgoing.on('error', (error) => fail(unreachable(base, error), error))
      outgoing.on('response', (answer) => {
        stopClocks()
        answer.setTimeout(stallMs, () => answer.destroy(new Error('the answer stalled')))
        answer.on('error', (error) => fail(unreachable(base, error), error))
        if (!isPassable(answer)) return fail(unreadable(base), 'an answer that cannot be passed on')
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer))
        answer.pipe(response)
        response.on('finish', () => settle(answer.statusCode ?? 502))
      })
      outgoing.on('upgrade', () => fail(unreadable(base), 'an answer in another protocol'))
      response.on('close', () => {
        stopClocks()
        if (!response.writableFinished) outgoing.destroy()
        settle(499)
      })
      if (request.headers.expect !== undefined) response.writeContinue()
      request.on('error', (error) => outgoing.destroy(error))
      request.pipe(outgoing)
    })
  }
}

/** Node hands over what it would not write: a status below 100, and control characters beside it. */
function isPassable({ statusCode = 0, statusMessage = '' }: IncomingMessage): boolean {
  return statusCode >= 200 && /^[ -~\x80-\xff]*$/.test(statusMessage)
}

function forwardedHeaders(request: IncomingMessage): string[] {
  const { headers, socket } = request
  const host = headers.host ?? ''
  const chain = [headers['x-forwarded-for'] ?? [], socket.remoteAddress ?? 'unknown'].flat().join(', ')
  return [
    ...['Host', host],
    ...endToEnd(request, REPLACED),
    // What comes without a length goes on in chunks, as it came.
    ...(headers['transfer-encoding'] === undefined ? [] : ['Transfer-Encoding', 'chunked']),
    ...[
      'X-Forwarded-Host',
      host,
      'X-Forwarded-For',
      chain,
      'X-Forwarded-Proto',
      'http',
      'Connection',
      'close',
    ],
  ]
}

/** The fields that are meant for the other end, in order, each as often as it is there. */
function endToEnd({ rawHeaders, headers }: IncomingMessage, without = new Set<string>()): string[] {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()))
  const kept: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase()
    if (HOP_BY_HOP.has(name) || named.has(name) || without.has(name)) continue
    kept.push(rawHeaders[index] as string, rawHeaders[index + 1] as string)
  }
  return kept
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'has a name that cannot be resolved',
  EAI_AGAIN: 'has a name that cannot be resolved',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'cannot be reached',
  ECONNRESET: 'closed the connection without an answer',
  EPIPE: 'closed the connection without an answer',
}

function unreachable(base: string, error: unknown): Answer {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code.startsWith('HPE_')) return unreadable(base)
  const reason = REASONS[code] ?? 'did not answer'
  return textAnswer({ status: 502, text: `The dmove driver at ${new URL(base).host} ${reason}.\n` })
}

function unreadable(base: string): Answer {
  const text = `The dmove driver at ${new URL(base).host} sent something that is not HTTP.\n`
  return textAnswer({ status: 502, text })
}

function tooLate(base: string, what: string, ms: number): Answer {
  const text = `The dmove driver at ${new URL(base).host} ${what} within ${Math.ceil(ms / 1000)} seconds.\n`
  return textAnswer({ status: 504, text })
}
