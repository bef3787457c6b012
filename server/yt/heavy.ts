import type { ClientRequest, IncomingMessage } from 'node:http'
import { AppError } from '@/server/errors'
import { Interruption } from '@/server/storage/interruption'
import { given, type YtClient, type YtParameters } from '@/server/yt/client'
import { begin, bodyOf, errorIn, errorOf, headOf, within, YtConnectionError } from '@/server/yt/exchange'
import type { ReplayableBody } from '@/server/yt/replayable-body'
import { YtError } from '@/server/yt/yt-error'

const MAX_PROXIES = 5
const MAX_REDIRECTS = 5
const ANSWER_LIMIT = 1024 * 1024

/** The proxy does not wait for the end of the body. */
const ANSWERED = new Error('answered')

/** One request of a heavy command; the way to send it differs for reading and writing. */
type Send = (url: URL, headers: Record<string, string>) => Promise<IncomingMessage>

/**
 * Carries out a heavy command: at the least loaded heavy proxy, at the next one when that is not to be reached or has too
 * much to do, and where a proxy sends us. The token goes to proxies of the cluster only.
 * @param canRepeat whether the request can still be made from its beginning.
 * @returns the head of the answer, whose status is one of success.
 */
async function heavily(
  client: YtClient,
  command: string,
  { parameters, send, canRepeat }: { parameters: YtParameters; send: Send; canRepeat: () => boolean },
): Promise<IncomingMessage> {
  let failure: unknown
  for (const origin of (await client.heavy.candidates()).slice(0, MAX_PROXIES)) {
    const release = client.heavy.carry(origin)
    try {
      const answer = await following(client, new URL(`/api/v4/${command}`, origin), parameters, send)
      answer.once('close', release)
      return answer
    } catch (error) {
      release()
      failure = error
      if (!isOfProxy(error) || !canRepeat()) break
      client.heavy.fail(origin)
    }
  }
  throw given(failure)
}

/** Whether another proxy may do better. */
function isOfProxy(error: unknown): boolean {
  return error instanceof YtConnectionError || (error instanceof YtError && error.isTransient)
}

async function following(
  client: YtClient,
  start: URL,
  parameters: YtParameters,
  send: Send,
): Promise<IncomingMessage> {
  let url = start
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const token = client.heavy.isOfCluster(url) ? client.token : undefined
    const answer = await send(url, client.headers(parameters, token))
    const status = answer.statusCode ?? 0
    if (status >= 200 && status <= 299) {
      const error = errorIn(answer)
      if (error === undefined) return answer
      answer.destroy()
      throw error
    }
    if (status !== 307 && status !== 308) throw await errorOf(answer)
    answer.resume()
    const { location } = answer.headers
    if (location === undefined || !URL.canParse(location, url.href)) {
      throw new YtConnectionError(`${url.host} sends us nowhere.`)
    }
    url = new URL(location, url)
    if (!/^https?:$/.test(url.protocol)) {
      throw new AppError('unavailable', `The cluster sends us to ${url.protocol}//, which is not followed.`)
    }
  }
  throw new YtConnectionError(`${start.host} sends us in circles.`)
}

/**
 * The bytes of a file, or a part of them. What becomes of them after the head, `errorIn` knows at the end of the body.
 * @param parameters `path`, `offset` and `length`.
 * @throws YtError, AppError `unavailable`.
 */
export async function readFile(client: YtClient, parameters: YtParameters): Promise<IncomingMessage> {
  const send: Send = async (url, headers) => {
    const request = begin(url, { method: 'GET', headers }, client.times)
    const head = headOf(request)
    request.end()
    return await orDestroyed(
      request,
      within(client.times.stall, head, () => silent(url)),
    )
  }
  return heavily(client, 'read_file', { parameters, send, canRepeat: () => true })
}

/**
 * Overwrites a file that exists. When it fails, the body may have been taken in part.
 * @param parameters `path` and `transaction_id`.
 * @param signal ends it at once.
 * @throws YtError, AppError `unavailable`; what the source of the body throws.
 */
export async function writeFile(
  client: YtClient,
  parameters: YtParameters,
  body: ReplayableBody,
  signal: AbortSignal,
): Promise<void> {
  const send: Send = async (url, headers) => {
    const request = begin(
      url,
      {
        method: 'PUT',
        headers: {
          ...headers,
          'content-type': 'application/octet-stream',
          'transfer-encoding': 'chunked',
          expect: '100-continue',
        },
      },
      client.times,
    )
    const stop = () => request.destroy(new YtConnectionError('The write was ended.'))
    signal.addEventListener('abort', stop)
    try {
      return await orDestroyed(request, sendBody(request, body, client, url))
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
  const canRepeat = () => body.canReplay && !signal.aborted
  const answer = await heavily(client, 'write_file', { parameters, send, canRepeat })
  await bodyOf(answer, ANSWER_LIMIT).catch((error) => {
    throw given(error)
  })
  const error = errorIn(answer)
  if (error) throw error
}

/** Sends the body once the proxy wants it, no faster than it takes it, and no longer than it has not answered. */
async function sendBody(
  request: ClientRequest,
  body: ReplayableBody,
  { times }: YtClient,
  url: URL,
): Promise<IncomingMessage> {
  const answer = headOf(request)
  const answered = new Interruption()
  answer.then(
    () => answered.interrupt(ANSWERED),
    (error) => answered.interrupt(error),
  )
  try {
    await answered.watch(wanted(request, times.proceed))
    for await (const chunk of watched(body, answered)) {
      if (request.write(chunk)) continue
      await within(times.stall, answered.watch(drained(request)), () => silent(url))
    }
    request.end()
    return await within(times.work, answer, () => silent(url))
  } catch (error) {
    if (error !== ANSWERED) throw error
  }
  // An answer before the end of the body is a refusal, or sends us elsewhere; the connection is of no more use.
  const early = await answer
  early.once('end', () => request.destroy())
  return early
}

/** The chunks of a body, until it ends or the proxy answers. */
async function* watched(body: ReplayableBody, answered: Interruption): AsyncGenerator<Buffer, void> {
  const chunks = body.chunks()
  for (;;) {
    const { done, value } = await answered.watch(chunks.next())
    if (done) return
    yield value as Buffer
  }
}

/** Settles when the proxy asks for the body, or has not said anything for a while. */
function wanted(request: ClientRequest, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, afterMs)
    for (const event of ['continue', 'close', 'response']) {
      request.once(event, () => {
        clearTimeout(timer)
        resolve()
      })
    }
  })
}

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => request.once('drain', resolve))
}

async function orDestroyed<Result>(request: ClientRequest, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    request.destroy()
    throw error
  }
}

function silent(url: URL): YtConnectionError {
  return new YtConnectionError(`${url.host} is silent.`)
}
