import { recordAudit } from '@/server/audit/record'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { notify } from '@/server/events'
import type { Caller } from '@/server/oci/access/caller'
import { RegistryFault } from '@/server/oci/faults'
import { forgetTag } from '@/server/oci/hints/note-tag'
import { knownRepository, type RepositoryRow } from '@/server/oci/repository'
import type { Cluster } from '@/server/storage/clusters'

export interface Deleted {
  repository: RepositoryRow
  /** Tags that are gone. */
  tags: string[]
}

/**
 * Deletes a manifest and the tags that lead to it. Its blobs stay in the repository.
 * @throws RegistryFault `MANIFEST_UNKNOWN`, `NAME_UNKNOWN`; `DENIED` when an immutable tag leads to it.
 */
export async function deleteManifest(
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  { name, digest, dryRun }: { name: string; digest: string; dryRun?: boolean },
): Promise<Deleted> {
  const repository = await knownRepository(ctx, cluster, name)
  const where = { repositoryId: repository.id, digest }
  const tags = await transact(ctx, { dryRun }, async (tx) => {
    const held = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM manifests WHERE repository_id = ${repository.id}::uuid AND digest = ${digest} FOR UPDATE`
    if (held.length === 0)
      throw new RegistryFault('MANIFEST_UNKNOWN', `The repository has no manifest ${digest}.`)
    const leading = await tx.tag.findMany({ where, select: { name: true } })
    if (leading.length > 0 && repository.immutableTags) {
      throw new RegistryFault(
        'DENIED',
        `The tags of ${name} are immutable, and “${leading[0]?.name}” leads to this manifest.`,
      )
    }
    await tx.tag.deleteMany({ where })
    await tx.manifest.delete({ where: { repositoryId_digest: where } })
    await recordAudit(tx, ctx, caller.actor, {
      action: 'registry.delete',
      subject: { type: 'repository', id: repository.id, name },
      details: { cluster: cluster.name, digest, tags: leading.map((tag) => tag.name) },
    })
    await notify(tx, { topic: 'repository', id: repository.id })
    return leading.map((tag) => tag.name)
  })
  const { clusterUser } = caller
  for (const tag of dryRun ? [] : tags) await forgetTag(ctx, cluster, { repository, tag, clusterUser })
  return { repository, tags }
}
