import { Readable } from 'node:stream'
import type { Received } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { algorithmsOf } from '@/server/mirror/expectation'
import { fetchBody } from '@/server/mirror/fetch-body'
import { formatBytes, formatSeconds } from '@/server/mirror/quantities'
import { contradictionOf } from '@/server/mirror/refuse-unexpected'
import type { Redirect } from '@/server/mirror/schema'
import { upstreamAgent } from '@/server/mirror/upstream-agent'
import { statusFault } from '@/server/mirror/upstream-fault'
import { type Answer, askUpstream } from '@/server/mirror/upstream-request'
import { foreignCoding, type Representation, readRepresentation } from '@/server/mirror/upstream-response'
import type { Uri } from '@/server/mirror/uri'
import type { TaskRun } from '@/server/tasks/task'

export interface Wanted {
  uri: Uri
  /** What the bytes must hash to, if a declaration said (server/mirror/expectation.ts). */
  expectation: string | null
}

/** Bytes that came whole and as declared, not yet committed: `received.commit` or `received.discard` is the caller's. */
export interface Fetched {
  received: Received
  representation: Representation
  redirects: Redirect[]
}

/**
 * Streams a file from its upstream into storage, once: nothing is held whole in memory, and nothing is left behind on
 * failure. Limits of size and time are the environment's.
 * @throws AppError in words for the person who declared it: see `mayPass` for which are worth another attempt.
 */
export async function fetchBytes(ctx: Context, run: TaskRun, wanted: Wanted): Promise<Fetched> {
  const { ENTREPOT_FETCH_TOTAL_SECONDS: seconds } = ctx.env
  const timeout = AbortSignal.timeout(Math.min(seconds * 1000, 2 ** 31 - 1))
  try {
    return await fetchWithin(ctx, run, { ...wanted, signal: AbortSignal.any([run.signal, timeout]) })
  } catch (error) {
    if (run.signal.aborted) throw new AppError('cancelled', 'The fetch was stopped.', { cause: error })
    if (!timeout.aborted || error instanceof AppError) throw error
    throw new AppError('upstream_timeout', `The fetch took longer than ${formatSeconds(seconds)}.`, {
      cause: error,
    })
  }
}

async function fetchWithin(
  ctx: Context,
  run: TaskRun,
  wanted: Wanted & { signal: AbortSignal },
): Promise<Fetched> {
  const { uri, expectation } = wanted
  const leaving = new AbortController()
  const signal = AbortSignal.any([wanted.signal, leaving.signal])
  const stallSeconds = ctx.env.ENTREPOT_FETCH_STALL_SECONDS
  const agent = upstreamAgent(ctx.env)
  run.progress({ step: 'Connecting', done: 0, total: null, unit: 'bytes' })
  const answer = await askUpstream(agent, {
    uri,
    signal,
    stallSeconds,
    onRedirect: ({ status, to }) => run.log(`Redirected (${status}) to ${to}`),
  })
  try {
    const representation = acceptable(ctx, answer, expectation)
    run.progress({ step: 'Downloading', total: representation.size })
    const onResume = async (fault: AppError, done: number) =>
      run.log(`${fault.message} Going on from byte ${done}.`, 'warn')
    const body = fetchBody({ agent, answer, representation, signal, stallSeconds, onResume })
    const received = await ctx.blobs.receive(Readable.from(body, { objectMode: false }), {
      signal: run.signal,
      maxBytes: ctx.env.ENTREPOT_FETCH_MAX_BYTES,
      algorithms: expectation === null ? [] : algorithmsOf(expectation),
      onProgress: (done) => run.progress({ done }),
    })
    await verify(received, expectation)
    run.progress({ step: 'Storing', total: received.size })
    return { received, representation, redirects: answer.redirects }
  } catch (error) {
    throw error instanceof AppError && error.code === 'too_large' ? tooLarge(ctx, uri) : error
  } finally {
    // The body may be left while it waits for bytes: without this it would take its end for a broken connection.
    leaving.abort()
    answer.close()
  }
}

/** @throws AppError when the answer is not the file, or cannot be stored as such. */
function acceptable(ctx: Context, answer: Answer, expectation: string | null): Representation {
  const { host } = answer.uri
  const fault = statusFault(host, answer, ctx.now())
  if (fault) throw fault
  // With a declared hash the bytes prove themselves, whatever they are labelled.
  const coding = expectation !== null ? undefined : foreignCoding(answer.headers, answer.uri.target)
  if (coding !== undefined) {
    const message = `${host} sent the file re-coded (${coding.slice(0, 40)}) although it was asked for as it is.`
    throw new AppError('upstream_refused', `${message} Declare it with its hash if these are its bytes.`)
  }
  const representation = readRepresentation(answer.headers)
  if ((representation.size ?? 0) > ctx.env.ENTREPOT_FETCH_MAX_BYTES) throw tooLarge(ctx, answer.uri)
  return representation
}

async function verify(received: Received, expectation: string | null): Promise<void> {
  const contradiction = expectation === null ? undefined : contradictionOf(received, expectation)
  if (!contradiction) return
  await received.discard()
  throw contradiction
}

function tooLarge(ctx: Context, { host }: Uri): AppError {
  const limit = formatBytes(ctx.env.ENTREPOT_FETCH_MAX_BYTES)
  return new AppError('too_large', `The file at ${host} is larger than the ${limit} that are fetched.`)
}
