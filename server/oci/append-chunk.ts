import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { receiveBody } from '@/server/blobs/receive'
import type { Context } from '@/server/context'
import { chunkKey } from '@/server/oci/blob-keys'
import { parseChunkRange } from '@/server/oci/content-range'
import { RegistryFault } from '@/server/oci/faults'
import type { OpenUpload } from '@/server/oci/upload'
import type { Cluster } from '@/server/storage/clusters'

interface ArrivingChunk {
  body: Readable
  /** The request's Content-Range, if it has one; without it the chunk is what comes next. */
  contentRange: string | undefined
}

/** So that an upload cannot be cut into more pieces than can be put together. */
const MAX_CHUNKS = 10_000

/**
 * Adds a chunk to an upload. Bytes first, then one row is changed, and only if the upload is still where it was: of two
 * clients that send the same chunk one wins, and the other is told to look where the upload stands.
 * @returns the upload with the chunk.
 * @throws RegistryFault `RANGE_INVALID` for a chunk that does not begin where the upload stands, or whose range is none;
 *   `SIZE_INVALID` for a body other than its range says; `BLOB_UPLOAD_INVALID`.
 */
export async function appendChunk(
  ctx: Context,
  cluster: Cluster,
  upload: OpenUpload,
  { body, contentRange }: ArrivingChunk,
): Promise<OpenUpload> {
  const expected = contentRange === undefined ? undefined : expectedSize(contentRange, upload.received)
  if (upload.chunks.length >= MAX_CHUNKS) {
    throw new RegistryFault(
      'BLOB_UPLOAD_INVALID',
      `An upload may have ${MAX_CHUNKS} chunks. Send larger ones.`,
    )
  }
  const key = chunkKey(randomUUID())
  const { size, digests } = await receiveBody(cluster.storage, key, body, {
    keepSource: true,
    maxBytes: ctx.env.ENTREPOT_FETCH_MAX_BYTES - upload.received,
  })
  try {
    if (expected !== undefined && size !== expected) {
      throw new RegistryFault('SIZE_INVALID', `Content-Range announces ${expected} bytes; ${size} came.`)
    }
    const next = withChunk(upload, { key, size }, digests.sha256 as string)
    await saveProgress(ctx, upload, next)
    if (size === 0) await cluster.storage.remove(key)
    return next
  } catch (error) {
    await cluster.storage.remove(key)
    throw error
  }
}

function expectedSize(contentRange: string, received: number): number {
  const range = parseChunkRange(contentRange)
  if (range === undefined) {
    throw new RegistryFault(
      'RANGE_INVALID',
      `Content-Range “${contentRange.slice(0, 100)}” is not <start>-<end>.`,
    )
  }
  if (range.start !== received) throw outOfOrder(received)
  return range.end - range.start + 1
}

function withChunk(upload: OpenUpload, chunk: { key: string; size: number }, sha256: string): OpenUpload {
  if (chunk.size === 0) return upload.chunks.length === 0 ? { ...upload, sha256 } : upload
  return {
    ...upload,
    received: upload.received + chunk.size,
    chunks: [...upload.chunks, chunk],
    sha256: upload.chunks.length === 0 ? sha256 : null,
  }
}

async function saveProgress(ctx: Context, before: OpenUpload, after: OpenUpload): Promise<void> {
  const { count } = await ctx.db.upload.updateMany({
    where: { id: before.id, received: before.received },
    data: { received: after.received, chunks: after.chunks, sha256: after.sha256, updatedAt: ctx.now() },
  })
  if (count === 0) throw outOfOrder(undefined)
}

function outOfOrder(received: number | undefined): RegistryFault {
  const where = received === undefined ? 'elsewhere by now' : `at ${received} bytes`
  return new RegistryFault('RANGE_INVALID', `The upload is ${where}: send the chunk that begins there.`)
}
