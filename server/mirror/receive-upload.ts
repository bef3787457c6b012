import type { Readable } from 'node:stream'
import { type Received, recordBlob } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { algorithmsOf } from '@/server/mirror/expectation'
import { contradictionOf, refuseUnexpected } from '@/server/mirror/refuse-unexpected'

export interface UploadBody {
  /** Absent when the request had none: that is never taken for an empty file. */
  body: Readable | undefined
  contentType?: string | undefined
  signal?: AbortSignal
}

/**
 * Streams an upload in and checks it against what is expected; its bytes are in their place for ever afterwards.
 * @throws AppError `invalid` without a body, or with an empty one that no hash asks for; `digest_mismatch`, `too_large`,
 *   `cancelled`, `storage_full`. Nothing is kept of a refused body.
 */
export async function receiveUpload(
  ctx: Context,
  { body, signal }: UploadBody,
  expected: string | null,
): Promise<Received> {
  if (body === undefined) throw new AppError('invalid', 'Send the file as the body of the request.')
  const received = await ctx.blobs.receive(body, {
    maxBytes: ctx.env.ENTREPOT_FETCH_MAX_BYTES,
    algorithms: expected === null ? [] : algorithmsOf(expected),
    ...(signal && { signal }),
  })
  const fault = faultOf(received, expected)
  if (fault) {
    await received.discard()
    throw fault
  }
  await received.commit()
  return received
}

function faultOf(received: Received, expected: string | null): AppError | undefined {
  if (expected !== null) return contradictionOf(received, expected)
  return received.size > 0 ? undefined : new AppError('invalid', 'The file is empty.')
}

/**
 * Writes that a file has these bytes, and ends what is under way to fetch it.
 * @throws AppError `conflict` when it has bytes already; `digest_mismatch` when other bytes are expected by now.
 */
export async function settleUpload(
  tx: Tx,
  ctx: Context,
  { id, received, contentType }: { id: string; received: Received; contentType: string | undefined },
): Promise<void> {
  const { sha256, size } = received
  await refuseUnexpected(tx, id, received)
  await recordBlob(tx, received)
  const { count } = await tx.file.updateMany({
    where: { id, state: { not: 'stored' } },
    data: {
      state: 'stored',
      origin: 'upload',
      sha256,
      size,
      contentType: contentType ?? 'application/octet-stream',
      storedAt: ctx.now(),
      error: null,
      errorCode: null,
      nextAttemptAt: null,
      redirects: [],
    },
  })
  if (count === 0) throw storedAlready()
  const fetches = await tx.task.updateManyAndReturn({
    where: { subjectId: id, state: { in: ['waiting', 'running'] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: ctx.now() },
    select: { id: true },
  })
  for (const task of fetches) await notify(tx, { topic: 'task-cancel', id: task.id })
  await notify(tx, { topic: 'file', id })
}

/** The refusal to replace stored bytes. */
export function storedAlready(): AppError {
  return new AppError('conflict', 'The file is stored already, and stored bytes are never replaced.')
}
