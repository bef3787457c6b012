import { recordAudit } from '@/server/audit/record'
import type { Context } from '@/server/context'
import { notify } from '@/server/events'
import type { Caller } from '@/server/oci/access/caller'
import { RegistryFault } from '@/server/oci/faults'
import { knownRepository } from '@/server/oci/repository'
import type { Cluster } from '@/server/storage/clusters'

/**
 * Takes a blob from a repository; the bytes go later, when no repository of the cluster has it (sweep-registry.ts).
 * @throws RegistryFault `BLOB_UNKNOWN`; `UNSUPPORTED` while a manifest of the repository names it: that blob stays.
 */
export async function deleteBlob(
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  { name, digest }: { name: string; digest: string },
): Promise<void> {
  const repository = await knownRepository(ctx, cluster, name)
  const key = { repositoryId: repository.id, digest }
  await ctx.db.$transaction(async (tx) => {
    // A manifest that is being pushed holds the same row until it is there (push-manifest.ts).
    const held = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM repository_blobs WHERE repository_id = ${repository.id}::uuid AND digest = ${digest} FOR UPDATE`
    if (held.length === 0) throw new RegistryFault('BLOB_UNKNOWN', `The repository has no blob ${digest}.`)
    const user = await tx.manifestPart.findFirst({ where: { ...key, kind: { not: 'manifest' } } })
    if (user !== null) {
      throw new RegistryFault(
        'UNSUPPORTED',
        `The manifest ${user.manifest} names this blob. Delete the manifest first.`,
      )
    }
    await tx.repositoryBlob.delete({ where: { repositoryId_digest: key } })
    await recordAudit(tx, ctx, caller.actor, {
      action: 'registry.delete',
      subject: { type: 'repository', id: repository.id, name },
      details: { cluster: cluster.name, digest, kind: 'blob' },
    })
    await notify(tx, { topic: 'repository', id: repository.id })
  })
}
