import type { Context } from '@/server/context'
import type { Caller } from '@/server/oci/access/caller'
import { decideNode } from '@/server/oci/access/decide-node'
import { linkBlob, lockBlob } from '@/server/oci/commit-blob'
import { ensureRepository } from '@/server/oci/repository'
import type { Cluster } from '@/server/storage/clusters'

interface Mount {
  name: string
  digest: string
  /** The repository that is said to have it; without one, any that the caller may read. */
  from?: string | undefined
}

/** Repositories that are looked through for one that the caller may read. */
const MAX_SOURCES = 100

/**
 * Gives a repository a blob that another one has (OCI distribution-spec 1.1, “Mounting a blob from another repository”).
 *
 * The caller must be able to read the blob where it is: otherwise anybody who may push somewhere could read everything by
 * its digest. A registry token's grants are not asked for the source, only the right of who it stands for, as clients ask
 * for a token of the repository they push to.
 * @returns false when there is nothing to mount, or nothing that this caller may know of: both look the same.
 */
export async function mountBlob(
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  { name, digest, from }: Mount,
): Promise<boolean> {
  const holders = await ctx.db.repositoryBlob.findMany({
    where: { cluster: cluster.name, digest, ...(from !== undefined && { repository: { name: from } }) },
    select: { repository: { select: { name: true } } },
    take: MAX_SOURCES,
  })
  const names = holders.map(({ repository }) => repository.name)
  if (!(await mayReadOne(ctx, cluster, caller, names))) return false
  const repository = await ensureRepository(ctx, cluster, name)
  return ctx.db.$transaction(async (tx) => {
    await lockBlob(tx, cluster, digest)
    const held = await tx.repositoryBlob.count({ where: { cluster: cluster.name, digest } })
    if (held === 0) return false
    await linkBlob(tx, { repositoryId: repository.id, cluster: cluster.name, digest })
    return true
  })
}

async function mayReadOne(ctx: Context, cluster: Cluster, caller: Caller, names: string[]): Promise<boolean> {
  const person: Caller = { ...caller, grants: 'all' }
  for (const name of names) {
    if ((await decideNode(ctx, cluster, person, 'read', name)).allowed) return true
  }
  return false
}
