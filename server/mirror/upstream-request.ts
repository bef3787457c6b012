import type { Readable } from 'node:stream'
import { AppError } from '@/server/errors'
import type { Redirect } from '@/server/mirror/schema'
import type { Reach, UpstreamAgent } from '@/server/mirror/upstream-agent'
import { connectionFault } from '@/server/mirror/upstream-fault'
import { field, type UpstreamHeaders } from '@/server/mirror/upstream-response'
import type { Wire } from '@/server/mirror/upstream-wire'
import { parseUri, type Uri } from '@/server/mirror/uri'

export interface Question {
  uri: Uri
  /** GET unless told. */
  method?: 'GET' | 'HEAD'
  /** Fields beside the usual ones. */
  headers?: Record<string, string>
  /** Fields that only this origin (`https://example.org`) may see; asked for at each hop. */
  secretsFor?: (origin: string) => Record<string, string> | undefined
  /** Of the lines over plain HTTP; `anywhere` unless told. */
  plainReach?: Reach
  signal: AbortSignal
  stallSeconds: number
  onRedirect?: (redirect: Redirect) => Promise<void>
}

/** An answer whose body has not been read yet. `close` it in any case. */
export interface Answer {
  /** Of the last hop. */
  uri: Uri
  status: number
  headers: UpstreamHeaders
  body: Readable
  redirects: Redirect[]
  wire: Wire | undefined
  close(): void
}

const MAX_REDIRECTS = 10
/** Signed URLs carry whole documents in their queries. */
const MAX_TARGET_LENGTH = 8192
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * Asks for a file and follows redirects, each hop over a connection of its own that is guarded like the first.
 * @throws AppError as `connectionFault`; `upstream_refused` for a redirect that is not followed; the signal's reason.
 */
export async function askUpstream(agent: UpstreamAgent, question: Question): Promise<Answer> {
  const redirects: Redirect[] = []
  const visited = new Set([question.uri.uri])
  let at = question.uri
  for (;;) {
    const answer = await askOnce(agent, at, question)
    if (!REDIRECTS.has(answer.status)) return { ...answer, redirects }
    answer.close()
    const to = redirectTarget(at, field(answer.headers, 'location'))
    refuseDetour(question.uri, at, to)
    const redirect = { status: answer.status, from: at.uri, to: to.uri }
    redirects.push(redirect)
    await question.onRedirect?.(redirect)
    if (visited.has(to.uri)) throw refused(`${at.host} redirects in a circle, at ${to.uri}.`)
    if (redirects.length > MAX_REDIRECTS)
      throw refused(`${question.uri.host} redirects more than ${MAX_REDIRECTS} times.`)
    visited.add(to.uri)
    at = to
  }
}

async function askOnce(
  agent: UpstreamAgent,
  uri: Uri,
  question: Question,
): Promise<Omit<Answer, 'redirects'>> {
  const origin = originOf(uri)
  const line = await agent.open(origin, uri.scheme === 'http' ? question.plainReach : 'anywhere')
  try {
    const { statusCode, headers, body } = await line.dispatcher.request({
      origin,
      path: uri.target,
      method: question.method ?? 'GET',
      headers: {
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'Entrepot',
        ...question.headers,
        ...question.secretsFor?.(origin),
      },
      signal: question.signal,
      headersTimeout: question.stallSeconds * 1000,
      bodyTimeout: question.stallSeconds * 1000,
    })
    const close = () => {
      body.on('error', () => undefined).destroy()
      hangUp(line.dispatcher)
    }
    return { uri, status: statusCode, headers, body, wire: line.wire, close }
  } catch (error) {
    hangUp(line.dispatcher)
    if (question.signal.aborted) throw question.signal.reason
    throw connectionFault(error, {
      host: uri.host,
      stallSeconds: question.stallSeconds,
      done: 0,
      total: null,
    })
  }
}

/** Such as `https://example.org:8443`. */
export function originOf({ scheme, host }: Uri): string {
  return `${scheme}://${host}`
}

function hangUp(dispatcher: { destroy(error: Error | null): Promise<void> }): void {
  // It settles when the socket is gone, and only fails for requests that nobody waits for any more.
  dispatcher.destroy(null).catch(() => undefined)
}

/**
 * Where a redirect leads (RFC 9110 §10.2.2). The request line repeats the target as it was written, because signed URLs
 * are signed as written; for everything else the normal form counts.
 */
function redirectTarget(from: Uri, location: string | null): Uri {
  if (location === null) throw refused(`${from.host} redirects without saying where.`)
  const text = Buffer.from(location, 'latin1').toString('utf8').replace(/#.*$/s, '').replaceAll(' ', '%20')
  try {
    const whole = /^https?:\/\//i.test(text) ? text : new URL(text, from.uri).href
    const uri = parseUri(whole, MAX_TARGET_LENGTH)
    const asWritten = /^https?:\/\/[^/?]+(\/[\x21-\x7e]*)$/i.exec(whole)?.[1]
    return asWritten === undefined ? uri : { ...uri, target: asWritten }
  } catch (cause) {
    const why = cause instanceof AppError ? ` ${cause.message}` : ''
    throw new AppError('upstream_refused', `${from.host} redirects to “${text.slice(0, 200)}”.${why}`, {
      cause,
    })
  }
}

/** What was declared as https stays on https; what was declared as http may go to and fro. */
function refuseDetour(declared: Uri, from: Uri, to: Uri): void {
  if (declared.scheme === 'https' && to.scheme === 'http') {
    throw refused(`${from.host} redirects from https to http, at ${to.uri}.`)
  }
}

function refused(message: string): AppError {
  return new AppError('upstream_refused', message)
}
