import { type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type Answer, textAnswer } from '@/server/http/answer'
import { type NodeResponse, writeAnswer } from '@/server/http/write-answer'
import type { Logger } from '@/server/logger'

interface Settings {
  /** URL that paths are put behind, without a slash at its end. */
  base: string
  /** From the start of a request to the head of its answer, in milliseconds. A driver may rebuild indexes first. */
  answerMs?: number
  /** While nothing of the answer arrives, in milliseconds. */
  stallMs?: number
  log: Logger
}

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
      const { base, answerMs = ANSWER_MS, stallMs = STALL_MS } = this.#settings
      const isTls = base.startsWith('https:')
      const url = new URL(base)
      const outgoing = (isTls ? requestHttps : requestHttp)({
        // The Host that is sent on is the client's; whom we speak to, and whose certificate it is, the base URL says.
        ...{
          hostname: url.hostname.replace(/^\[|\]$/g, ''),
          port: url.port,
          ...(isTls && { servername: url.hostname }),
        },
        path: `${url.pathname.replace(/\/+$/, '')}${request.url ?? '/'}`,
        method: request.method,
        headers: forwardedHeaders(request),
        agent: false,
      })
      const fail = (answer: Answer, error: unknown) => {
        outgoing.destroy()
        clearTimeout(timer)
        if (response.destroyed) return settle(499)
        this.#settings.log.warn({ err: error, base }, 'a dmove could not be passed on')
        if (response.headersSent) response.destroy()
        else void writeAnswer(response as NodeResponse, answer)
        request.resume()
        settle(answer.status)
      }
      const late = () => fail(tooLate(base, answerMs), 'no answer in time')
      const timer = setTimeout(late, answerMs)
      outgoing.on('error', (error) => fail(unreachable(base, error), error))
      outgoing.on('response', (answer) => {
        clearTimeout(timer)
        answer.setTimeout(stallMs, () => answer.destroy(new Error('the answer stalled')))
        answer.on('error', (error) => fail(unreachable(base, error), error))
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer))
        answer.pipe(response)
        response.on('finish', () => settle(answer.statusCode ?? 502))
      })
      response.on('close', () => {
        clearTimeout(timer)
        if (!response.writableFinished) outgoing.destroy()
        settle(499)
      })
      if (request.headers.expect !== undefined) response.writeContinue()
      request.on('error', (error) => outgoing.destroy(error))
      request.pipe(outgoing)
    })
  }
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
  const reason =
    REASONS[code] ?? (code.startsWith('HPE_') ? 'sent something that is not HTTP' : 'did not answer')
  return textAnswer({ status: 502, text: `The dmove driver at ${new URL(base).host} ${reason}.\n` })
}

function tooLate(base: string, ms: number): Answer {
  const text = `The dmove driver at ${new URL(base).host} gave no answer within ${Math.ceil(ms / 1000)} seconds.\n`
  return textAnswer({ status: 504, text })
}
