import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { receiveBody } from '@/server/blobs/receive'
import type { Context } from '@/server/context'
import { chunkKey } from '@/server/oci/blob-keys'
import { commitBlob } from '@/server/oci/commit-blob'
import { type OciAlgorithm, parseDigest } from '@/server/oci/digest'
import { RegistryFault } from '@/server/oci/faults'
import { type Chunk, type OpenUpload, removeChunks } from '@/server/oci/upload'
import type { Cluster } from '@/server/storage/clusters'

interface Whole {
  key: string
  size: number
  /** In hexadecimal, by the algorithm that was asked for. */
  hex: string
}

/**
 * Ends an upload: its bytes are verified and become a blob of the repository. One chunk, hashed as it came, is only moved;
 * several are put together, which reads them once more.
 * @param digest as the client claims it; well formed.
 * @throws RegistryFault `DIGEST_INVALID`; then the upload is over, for none of its bytes can be trusted.
 */
export async function finishUpload(
  ctx: Context,
  cluster: Cluster,
  upload: OpenUpload,
  digest: string,
): Promise<void> {
  const { algorithm, hex } = parseDigest(digest) as NonNullable<ReturnType<typeof parseDigest>>
  const whole = await putTogether(cluster, upload, algorithm)
  if (whole.hex !== hex) {
    if (!upload.chunks.some(({ key }) => key === whole.key)) await cluster.storage.remove(whole.key)
    await cancelUpload(ctx, cluster, upload)
    throw mismatch(digest, `${algorithm}:${whole.hex}`)
  }
  const { id, repositoryId, chunks } = upload
  await commitBlob(ctx, cluster, { repositoryId, digest, ...whole }, (tx) =>
    tx.upload.deleteMany({ where: { id } }),
  )
  await removeChunks(cluster, chunks)
}

/** Forgets an upload and what it brought. */
export async function cancelUpload(ctx: Context, cluster: Cluster, upload: OpenUpload): Promise<void> {
  await ctx.db.upload.deleteMany({ where: { id: upload.id } })
  await removeChunks(cluster, upload.chunks)
}

export function mismatch(claimed: string, actual: string): RegistryFault {
  return new RegistryFault('DIGEST_INVALID', `The content has the digest ${actual}, not ${claimed}.`)
}

async function putTogether(cluster: Cluster, upload: OpenUpload, algorithm: OciAlgorithm): Promise<Whole> {
  const [only, ...others] = upload.chunks
  if (only !== undefined && others.length === 0) {
    const known = algorithm === 'sha256' ? upload.sha256 : null
    return { ...only, hex: known ?? (await hashOf(cluster, only, algorithm)) }
  }
  const key = chunkKey(randomUUID())
  const { size, digests } = await receiveBody(
    cluster.storage,
    key,
    Readable.from(readAll(cluster, upload.chunks)),
    {
      algorithms: [algorithm],
    },
  )
  if (size !== upload.received) {
    throw new RegistryFault('BLOB_UPLOAD_INVALID', 'Bytes of this upload are missing. Begin it again.')
  }
  return { key, size, hex: digests[algorithm] as string }
}

async function hashOf(cluster: Cluster, { key }: Chunk, algorithm: OciAlgorithm): Promise<string> {
  const hash = createHash(algorithm)
  await pipeline(await cluster.storage.read(key), hash)
  return hash.digest('hex')
}

async function* readAll(cluster: Cluster, chunks: Chunk[]): AsyncGenerator<Buffer> {
  for (const { key } of chunks) yield* await cluster.storage.read(key)
}
