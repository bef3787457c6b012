import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { clusterBlobKey } from '@/server/oci/blob-keys'
import { holdRepository } from '@/server/oci/repository'
import type { Cluster } from '@/server/storage/clusters'

interface ArrivedBlob {
  repositoryId: string
  /** Verified. */
  digest: string
  /** In bytes. */
  size: number
  /** Where the bytes are now; they are moved, or removed when the cluster has them already. */
  key: string
}

/** Waits, inside its transaction, for whoever else is writing or sweeping this blob. */
export async function lockBlob(tx: Tx, cluster: Cluster, digest: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${cluster.name} ${digest}`}, 0))`
}

/**
 * Makes verified bytes a blob of a repository: that the cluster has it, then its bytes in their place, then that the
 * repository has it. A kill in between leaves what the next push finds, or else a sweep: a blob of no repository.
 * @param alongside what else becomes true with it.
 */
export async function commitBlob(
  ctx: Context,
  cluster: Cluster,
  blob: ArrivedBlob,
  alongside: (tx: Tx) => Promise<unknown> = async () => undefined,
): Promise<void> {
  const { repositoryId, digest, size, key } = blob
  const { storage } = cluster
  const place = clusterBlobKey(digest)
  const known = { data: { cluster: cluster.name, digest, size }, skipDuplicates: true }
  await ctx.db.clusterBlob.createMany(known)
  if ((await storage.stat(place))?.size === size) await storage.remove(key)
  else await storage.move(key, place)
  await ctx.db.$transaction(async (tx) => {
    await lockBlob(tx, cluster, digest)
    // A sweep may have taken what was there a moment ago.
    if ((await storage.stat(place)) === undefined) {
      throw new AppError('unavailable', 'This blob was being removed at the same moment. Push it again.', {
        retryAfter: 1,
      })
    }
    await tx.clusterBlob.createMany(known)
    await linkBlob(tx, { repositoryId, cluster: cluster.name, digest })
    await alongside(tx)
  })
}

/**
 * Lets a repository have a blob that its cluster stores. Nobody is told: what is absent is not remembered anywhere.
 * @throws RegistryFault `NAME_UNKNOWN` when the repository was removed meanwhile.
 */
export async function linkBlob(
  tx: Tx,
  link: { repositoryId: string; cluster: string; digest: string },
): Promise<void> {
  await holdRepository(tx, { id: link.repositoryId })
  await tx.repositoryBlob.createMany({ data: link, skipDuplicates: true })
}
