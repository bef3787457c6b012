import type { Context } from '@/server/context'
import { clusterBlobKey, UPLOADS } from '@/server/oci/blob-keys'
import { lockBlob } from '@/server/oci/commit-blob'
import { chunksOf, removeChunks } from '@/server/oci/upload'
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

/** One that somebody goes on with at this moment is young again, and stays. */
async function sweepUploads(ctx: Context, cluster: Cluster, limit: Date): Promise<number> {
  const left = { updatedAt: { lt: limit }, repository: { cluster: cluster.name } }
  return inBatches(
    () => ctx.db.upload.findMany({ where: left, take: BATCH }),
    async ({ id, chunks }) => {
      const { count } = await ctx.db.upload.deleteMany({ where: { ...left, id } })
      if (count > 0) await removeChunks(cluster, chunksOf(chunks))
      return count
    },
  )
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
  const unused = { cluster: cluster.name, createdAt: { lt: limit }, repositories: { none: {} } }
  return inBatches(
    () => ctx.db.clusterBlob.findMany({ where: unused, select: { digest: true }, take: BATCH }),
    ({ digest }) =>
      ctx.db.$transaction(async (tx) => {
        await lockBlob(tx, cluster, digest)
        const { count } = await tx.clusterBlob.deleteMany({ where: { ...unused, digest } })
        if (count > 0) await cluster.storage.remove(clusterBlobKey(digest))
        return count
      }),
  )
}

/** Goes on until nothing is found any more, or nothing that is found goes away. @returns how many went. */
async function inBatches<Row>(
  find: () => Promise<Row[]>,
  remove: (row: Row) => Promise<number>,
): Promise<number> {
  for (let removed = 0; ; ) {
    const rows = await find()
    let gone = 0
    for (const row of rows) gone += await remove(row)
    removed += gone
    if (rows.length < BATCH || gone === 0) return removed
  }
}
