import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { AppError } from '@/server/errors'
import { parseYtError, YT, YtError } from '@/server/yt/yt-error'

/** Time-outs of a cluster, in milliseconds. */
export interface YtTimes {
  connect: number
  /** For the answer to a light command. */
  light: number
  /** For the answer to a heavy command, once its body has been sent. */
  work: number
  /** Of silence in a body that someone waits for. */
  stall: number
  /** For a proxy to say that it wants a body; those that never say so get it then. */
  proceed: number
  /** Of the pause before a second attempt; later ones are longer. */
  pause: number
  /** After which a transaction that nobody pings expires. */
  transaction: number
  ping: number
  /** After which the list of heavy proxies is asked for again. */
  hosts: number
  /** For a lock that someone else holds. */
  lock: number
}

export const usualYtTimes: YtTimes = {
  connect: 10_000,
  light: 30_000,
  work: 300_000,
  stall: 60_000,
  proceed: 1_000,
  pause: 100,
  transaction: 60_000,
  ping: 15_000,
  hosts: 60_000,
  lock: 60_000,
}

const agents = {
  'http:': new HttpAgent({ keepAlive: true }),
  'https:': new HttpsAgent({ keepAlive: true }),
}

/** Trouble on the way to a proxy: nothing is known of what became of the request. */
export class YtConnectionError extends Error {
  override name = 'YtConnectionError'
}

export interface Asking {
  method: string
  headers: Record<string, string>
}

/**
 * Begins a request, over a kept connection where there is one; node:http, because only it shows trailers.
 * @param url http or https; others are a fault of the caller.
 */
export function begin(url: URL, asking: Asking, times: Pick<YtTimes, 'connect'>): ClientRequest {
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = open(url, { ...asking, agent: agents[url.protocol as keyof typeof agents] })
  const timer = setTimeout(
    () => request.destroy(new YtConnectionError(`${url.host} does not answer.`)),
    times.connect,
  )
  request.once('socket', (socket) => {
    if (!socket.connecting) return clearTimeout(timer)
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer))
  })
  request.once('close', () => clearTimeout(timer))
  return request
}

/** The head of the answer. @throws YtConnectionError. */
export function headOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', (cause) => {
      reject(cause instanceof AppError || cause instanceof YtConnectionError ? cause : lost(cause))
    })
  })
}

function lost(cause: Error): YtConnectionError {
  return new YtConnectionError(`The connection to the cluster was lost (${cause.message}).`, { cause })
}

/** What is given, unless it takes longer than `ms`: then `late` is called, and its error thrown. */
export async function within<Result>(ms: number, work: Promise<Result>, late: () => Error): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The whole body of an answer.
 * @param limit in bytes; a longer one is not read to its end.
 * @throws YtConnectionError when it is cut off; AppError `unavailable` when it is too long.
 */
export async function bodyOf(answer: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer) {
      size += (chunk as Buffer).length
      if (size > limit)
        throw new AppError('unavailable', `The cluster answers with more than ${limit} bytes.`)
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    throw error instanceof AppError ? error : lost(error as Error)
  }
  return Buffer.concat(chunks).toString()
}

/**
 * The error that an answer carries, in its header or, once its body has been read, in its trailer.
 */
export function errorIn({ headers, trailers }: IncomingMessage): YtError | undefined {
  const said = [headers['x-yt-error'], trailers['x-yt-error']].flat().find((text) => text !== undefined)
  if (said !== undefined) return parseYtError(said)
  const code = Number(
    [headers['x-yt-response-code'], trailers['x-yt-response-code']].flat().find(Boolean) ?? 0,
  )
  if (code === 0) return undefined
  const message = [headers['x-yt-response-message'], trailers['x-yt-response-message']].flat().find(Boolean)
  return new YtError(code, message ?? 'an error without a message')
}

const ERROR_LIMIT = 1024 * 1024

/** The error of an answer whose status is not one of success; reads its body. */
export async function errorOf(answer: IncomingMessage): Promise<YtError | YtConnectionError> {
  const status = answer.statusCode ?? 0
  const said = errorIn(answer)
  const body = await bodyOf(answer, ERROR_LIMIT).catch(() => '')
  if (status >= 502) return new YtConnectionError(`The cluster answers ${status}.`)
  if (said !== undefined) return said
  if (status === 401) return new YtError(YT.authentication, 'the token is missing or wrong')
  if (status === 429) return new YtError(YT.tooManyRequests, 'too many requests')
  const stated = body.startsWith('{') ? parseYtError(body) : undefined
  if (stated === undefined && status >= 500) return new YtConnectionError(`The cluster answers ${status}.`)
  return stated ?? new YtError(1, `the proxy answers ${status}`)
}
