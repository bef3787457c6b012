import { recordAudit } from '@/server/audit/record'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { notify } from '@/server/events'
import type { Caller } from '@/server/oci/access/caller'
import type { Deleted } from '@/server/oci/delete-manifest'
import { RegistryFault } from '@/server/oci/faults'
import { forgetTag } from '@/server/oci/hints/note-tag'
import { knownRepository } from '@/server/oci/repository'
import type { Cluster } from '@/server/storage/clusters'

/**
 * Deletes a tag; the manifest that it led to stays, and can be pulled by digest.
 * @throws RegistryFault `MANIFEST_UNKNOWN`, `NAME_UNKNOWN`; `DENIED` where tags are immutable.
 */
export async function deleteTag(
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  { name, tag, dryRun }: { name: string; tag: string; dryRun?: boolean },
): Promise<Deleted> {
  const repository = await knownRepository(ctx, cluster, name)
  if (repository.immutableTags) throw new RegistryFault('DENIED', `The tags of ${name} are immutable.`)
  await transact(ctx, { dryRun }, async (tx) => {
    const [gone] = await tx.$queryRaw<{ digest: string }[]>`
      DELETE FROM tags WHERE repository_id = ${repository.id}::uuid AND name = ${tag} RETURNING digest`
    if (gone === undefined) throw new RegistryFault('MANIFEST_UNKNOWN', `The repository has no tag “${tag}”.`)
    await recordAudit(tx, ctx, caller.actor, {
      action: 'registry.untag',
      subject: { type: 'repository', id: repository.id, name },
      details: { cluster: cluster.name, tag, digest: gone.digest },
    })
    await notify(tx, { topic: 'repository', id: repository.id })
  })
  if (!dryRun) await forgetTag(ctx, cluster, { repository, tag, clusterUser: caller.clusterUser })
  return { repository, tags: [tag] }
}
