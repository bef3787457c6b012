import { recordAudit } from '@/server/audit/record'
import type { Context } from '@/server/context'
import { notify } from '@/server/events'
import type { Caller } from '@/server/oci/access/caller'
import { RegistryFault } from '@/server/oci/faults'
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
  { name, digest }: { name: string; digest: string },
): Promise<Deleted> {
  const repository = await knownRepository(ctx, cluster, name)
  const where = { repositoryId: repository.id, digest }
  return ctx.db.$transaction(async (tx) => {
    const held = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM manifests WHERE repository_id = ${repository.id}::uuid AND digest = ${digest} FOR UPDATE`
    if (held.length === 0)
      throw new RegistryFault('MANIFEST_UNKNOWN', `The repository has no manifest ${digest}.`)
    const tags = await tx.tag.findMany({ where, select: { name: true } })
    if (tags.length > 0 && repository.immutableTags) {
      throw new RegistryFault(
        'DENIED',
        `The tags of ${name} are immutable, and “${tags[0]?.name}” leads to this manifest.`,
      )
    }
    await tx.tag.deleteMany({ where })
    await tx.manifest.delete({ where: { repositoryId_digest: where } })
    await recordAudit(tx, ctx, caller.actor, {
      action: 'registry.delete',
      subject: { type: 'repository', id: repository.id, name },
      details: { cluster: cluster.name, digest, tags: tags.map((tag) => tag.name) },
    })
    await notify(tx, { topic: 'repository', id: repository.id })
    return { repository, tags: tags.map((tag) => tag.name) }
  })
}
