import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { connectionFault } from '@/server/mirror/upstream-fault'
import type { Answer } from '@/server/mirror/upstream-request'
import { contentLength } from '@/server/mirror/upstream-response'

/**
 * The body of an answer that is small enough to be held in memory: whole, or an error.
 * @param limit in bytes.
 * @throws AppError `too_large`; as `connectionFault` when it breaks off.
 */
export async function readSmall({ env }: Context, answer: Answer, limit: number): Promise<Buffer> {
  const { host } = answer.uri
  const total = contentLength(answer.headers)
  if ((total ?? 0) > limit) throw tooLarge(host, limit)
  const chunks: Buffer[] = []
  let done = 0
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      done += chunk.length
      if (done > limit) throw tooLarge(host, limit)
      chunks.push(chunk)
    }
    if (total === null && answer.wire?.error) throw answer.wire.error
  } catch (error) {
    throw connectionFault(error, { host, stallSeconds: env.ENTREPOT_FETCH_STALL_SECONDS, done, total })
  }
  return Buffer.concat(chunks)
}

function tooLarge(host: string, limit: number): AppError {
  return new AppError(
    'too_large',
    `${host} sent more than the ${limit.toLocaleString('en')} bytes that this may have.`,
  )
}
