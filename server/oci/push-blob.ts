import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { receiveBody } from '@/server/blobs/receive'
import type { Context } from '@/server/context'
import { chunkKey } from '@/server/oci/blob-keys'
import { commitBlob } from '@/server/oci/commit-blob'
import { parseDigest } from '@/server/oci/digest'
import { mismatch } from '@/server/oci/finish-upload'
import { ensureRepository } from '@/server/oci/repository'
import type { Cluster } from '@/server/storage/clusters'

interface WholeBlob {
  name: string
  /** As the client claims it; well formed. */
  digest: string
  body: Readable
}

/**
 * Takes a blob in one request (OCI distribution-spec 1.1, “Single POST”), without an upload in between.
 * @throws RegistryFault `DIGEST_INVALID`; nothing is left behind.
 */
export async function pushBlob(
  ctx: Context,
  cluster: Cluster,
  { name, digest, body }: WholeBlob,
): Promise<void> {
  const { algorithm, hex } = parseDigest(digest) as NonNullable<ReturnType<typeof parseDigest>>
  const repository = await ensureRepository(ctx, cluster, name)
  const key = chunkKey(randomUUID())
  const { size, digests } = await receiveBody(cluster.storage, key, body, {
    algorithms: [algorithm],
    keepSource: true,
    maxBytes: ctx.env.ENTREPOT_FETCH_MAX_BYTES,
  })
  if (digests[algorithm] !== hex) {
    await cluster.storage.remove(key)
    throw mismatch(digest, `${algorithm}:${digests[algorithm]}`)
  }
  await commitBlob(ctx, cluster, { repositoryId: repository.id, digest, size, key })
}
