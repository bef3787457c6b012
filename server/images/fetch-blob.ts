import { Readable } from 'node:stream'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { RegistryClient } from '@/server/images/registry-client'
import { storeBytes, storePart } from '@/server/images/stored-parts'
import type { Part } from '@/server/images/tree'
import { fetchBody } from '@/server/mirror/fetch-body'
import { formatBytes, formatSeconds } from '@/server/mirror/quantities'
import { upstreamAgent } from '@/server/mirror/upstream-agent'
import { statusFault } from '@/server/mirror/upstream-fault'
import { type Answer, askUpstream } from '@/server/mirror/upstream-request'
import { readRepresentation } from '@/server/mirror/upstream-response'
import { parseUri } from '@/server/mirror/uri'
import { parseDigest } from '@/server/oci/digest'

interface Fetching {
  client: RegistryClient
  /** Ends the task. */
  signal: AbortSignal
  /** Told how many bytes have come. */
  onProgress: (bytes: number) => void
  log: (message: string, level: 'info' | 'warn') => Promise<void>
}

/**
 * Brings the content of a blob into the store: streamed, verified, resumed where it broke off. A foreign layer that its
 * registry does not have is looked for where its manifest says.
 * @throws AppError in words for the person who declared the image; nothing is left behind.
 */
export async function fetchBlob(ctx: Context, part: Part, fetching: Fetching): Promise<void> {
  if (part.data !== undefined) return storeBytes(ctx, part, part.data)
  const { ENTREPOT_FETCH_MAX_BYTES: limit } = ctx.env
  if ((part.size ?? 0) > limit) {
    const message = `${part.digest} has ${formatBytes(part.size ?? 0)}; ${formatBytes(limit)} are fetched at most.`
    throw new AppError('too_large', message)
  }
  const { ENTREPOT_FETCH_TOTAL_SECONDS: seconds } = ctx.env
  const timeout = AbortSignal.timeout(Math.min(seconds * 1000, 2 ** 31 - 1))
  const leaving = new AbortController()
  const signal = AbortSignal.any([fetching.signal, timeout, leaving.signal])
  try {
    await fetchFromAny(ctx, part, { ...fetching, signal })
  } catch (error) {
    if (fetching.signal.aborted) throw new AppError('cancelled', 'The fetch was stopped.', { cause: error })
    if (!timeout.aborted || error instanceof AppError) throw error
    const message = `The fetch of ${part.digest} took longer than ${formatSeconds(seconds)}.`
    throw new AppError('upstream_timeout', message, { cause: error })
  } finally {
    leaving.abort()
  }
}

type Ask = (headers: Record<string, string>) => Promise<Answer>

async function fetchFromAny(ctx: Context, part: Part, fetching: Fetching): Promise<void> {
  const { client, signal, log } = fetching
  const places: Ask[] = [
    (headers) => client.blob(part.digest, headers, signal),
    ...part.urls.slice(0, 4).map(
      (url): Ask =>
        (headers) =>
          askUrl(ctx, url, headers, signal),
    ),
  ]
  let refusal: unknown
  for (const ask of places) {
    try {
      return await fetchFrom(ctx, part, ask, fetching)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'upstream_refused') throw error
      refusal ??= error
      if (places.length > 1) await log(error.message, 'info')
    }
  }
  throw refusal
}

async function askUrl(
  ctx: Context,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const stallSeconds = ctx.env.ENTREPOT_FETCH_STALL_SECONDS
  const answer = await askUpstream(upstreamAgent(ctx.env), {
    uri: readUrl(url),
    headers,
    signal,
    stallSeconds,
  })
  if (answer.status === 200 || answer.status === 206) return answer
  answer.close()
  throw statusFault(answer.uri.host, answer, ctx.now())
}

function readUrl(url: string) {
  try {
    return parseUri(url)
  } catch (cause) {
    throw new AppError('upstream_refused', `The layer is said to be at “${url.slice(0, 200)}”.`, { cause })
  }
}

async function fetchFrom(ctx: Context, part: Part, again: Ask, fetching: Fetching): Promise<void> {
  const { signal, onProgress, log } = fetching
  const answer = await again({})
  try {
    const { host } = answer.uri
    const representation = readRepresentation(answer.headers)
    if (answer.status !== 200) throw statusFault(host, answer, ctx.now())
    if (part.size !== null && representation.size !== null && representation.size !== part.size) {
      throw otherSize(part, host, representation.size)
    }
    const body = fetchBody({
      agent: upstreamAgent(ctx.env),
      answer,
      representation,
      signal,
      stallSeconds: ctx.env.ENTREPOT_FETCH_STALL_SECONDS,
      provesItself: true,
      again,
      onResume: (fault, done) => log(`${fault.message} Going on from byte ${done}.`, 'warn'),
    })
    const received = await ctx.blobs
      .receive(Readable.from(body, { objectMode: false }), {
        signal,
        maxBytes: part.size ?? ctx.env.ENTREPOT_FETCH_MAX_BYTES,
        algorithms: parseDigest(part.digest)?.algorithm === 'sha512' ? ['sha512'] : [],
        onProgress,
      })
      .catch((error) => {
        const isLonger = error instanceof AppError && error.code === 'too_large' && part.size !== null
        throw isLonger ? otherSize(part, host, undefined) : error
      })
    if (part.size !== null && received.size < part.size) {
      await received.discard()
      throw new AppError(
        'upstream_unreachable',
        `${host} ended ${part.digest} after ${received.size} of ${part.size} bytes.`,
      )
    }
    await storePart(part, received)
  } finally {
    answer.close()
  }
}

function otherSize({ digest, size }: Part, host: string, sent: number | undefined): AppError {
  const message = `${host} sends ${sent ?? 'more'} bytes for ${digest}; the manifest says ${size}.`
  return new AppError('digest_mismatch', message)
}
