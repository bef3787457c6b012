import type { Context } from '@/server/context'
import { clusterBlobKey, UPLOADS } from '@/server/oci/blob-keys'
import { lockBlob } from '@/server/oci/commit-blob'
import { cancelUpload } from '@/server/oci/finish-upload'
import { openUpload } from '@/server/oci/upload'
import type { Cluster } from '@/server/storage/clusters'

const BATCH = 500

/**
 * Removes uploads that nobody goes on with, chunks that belong to none, and blobs that no repository has any more.
 * @param olderThanMs age from which a push that brought them cannot be under way.
 * @returns how many were removed.
 */
export async function sweepRegistry(ctx: Context, olderThanMs: number): Promise<number> {
  const limit = new Date(ctx.now().getTime() - olderThanMs)
  let removed = 0
  for (const cluster of ctx.clusters.all) {
    removed += await sweepUploads(ctx, cluster, limit)
    removed += await sweepChunks(ctx, cluster, limit)
    removed += await sweepBlobs(ctx, cluster, limit)
  }
  if (removed > 0) ctx.log.info({ removed }, 'removed what the registry needs no more')
  return removed
}

async function sweepUploads(ctx: Context, cluster: Cluster, limit: Date): Promise<number> {
  const left = await ctx.db.upload.findMany({
    where: { updatedAt: { lt: limit }, repository: { cluster: cluster.name } },
    select: { id: true, repository: { select: { name: true } } },
    take: BATCH,
  })
  for (const { id, repository } of left) {
    await cancelUpload(ctx, cluster, await openUpload(ctx, cluster, { id, name: repository.name }))
  }
  return left.length
}

/** A chunk whose row was never written, because the process was killed between the two. */
async function sweepChunks(ctx: Context, cluster: Cluster, limit: Date): Promise<number> {
  let removed = 0
  for await (const key of cluster.storage.list(`${UPLOADS}/`)) {
    const found = await cluster.storage.stat(key)
    if (found === undefined || found.modifiedAt > limit || (await isOfUpload(ctx, key))) continue
    await cluster.storage.remove(key)
    removed += 1
  }
  return removed
}

async function isOfUpload(ctx: Context, key: string): Promise<boolean> {
  const rows = await ctx.db.$queryRaw<unknown[]>`
    SELECT 1 FROM uploads WHERE chunks @> ${JSON.stringify([{ key }])}::jsonb LIMIT 1`
  return rows.length > 0
}

/** Row and bytes go under the lock that every push of the blob takes, so that none finds half of them. */
async function sweepBlobs(ctx: Context, cluster: Cluster, limit: Date): Promise<number> {
  const unused = await ctx.db.clusterBlob.findMany({
    where: { cluster: cluster.name, createdAt: { lt: limit }, repositories: { none: {} } },
    select: { digest: true },
    take: BATCH,
  })
  for (const { digest } of unused) {
    await ctx.db.$transaction(async (tx) => {
      await lockBlob(tx, cluster, digest)
      const where = { cluster: cluster.name, digest, repositories: { none: {} } }
      const { count } = await tx.clusterBlob.deleteMany({ where })
      if (count > 0) await cluster.storage.remove(clusterBlobKey(digest))
    })
  }
  return unused.length
}
