import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import type { Caller } from '@/server/oci/access/caller'
import { decideNode } from '@/server/oci/access/decide-node'
import { forgetTag } from '@/server/oci/hints/note-tag'
import { knownRepository } from '@/server/oci/repository'
import type { Removed } from '@/server/oci/schema'
import type { Cluster } from '@/server/storage/clusters'

interface Removal {
  cluster: string
  /** Of the repository. */
  name: string
  dryRun?: boolean
}

/** Tags that are told of what was removed. */
const MAX_TOLD = 100

/**
 * Deletes a repository with its tags and manifests. Contents that others have stay; those that nobody has any more are swept.
 * @returns the first of its tags.
 * @throws AppError `forbidden` with the rule that decided, or while its tags are immutable; `not_found`.
 */
export async function removeRepository(ctx: Context, actor: Actor, removal: Removal): Promise<Removed> {
  const { cluster } = await demandRemoval(ctx, actor, removal)
  const repository = await knownRepository(ctx, cluster, removal.name)
  const where = { repositoryId: repository.id }
  const tags = await transact(ctx, removal, async (tx) => {
    const [held] = await tx.$queryRaw<{ immutable: boolean }[]>`
      SELECT immutable_tags AS immutable FROM repositories WHERE id = ${repository.id}::uuid FOR UPDATE`
    if (held?.immutable) {
      throw new AppError('forbidden', 'Its tags are immutable. Who administers it can change that first.')
    }
    const told = await tx.tag.findMany({ where, orderBy: { name: 'asc' }, take: MAX_TOLD })
    const { count } = await tx.tag.deleteMany({ where })
    const manifests = await tx.manifest.deleteMany({ where })
    await tx.repository.delete({ where: { id: repository.id } })
    await recordAudit(tx, ctx, actor, {
      action: 'registry.remove',
      subject: { type: 'repository', id: repository.id, name: removal.name },
      details: { cluster: cluster.name, tags: count, manifests: manifests.count },
    })
    await notify(tx, { topic: 'repository' })
    return told.map(({ name }) => name)
  })
  const [last] = tags
  // The document goes with its last tag.
  if (!removal.dryRun && last !== undefined) await forgetTag(ctx, cluster, { repository, tag: last })
  return { tags }
}

/**
 * The cluster and the caller, for who may remove what is at this node.
 * @throws AppError `unauthenticated`, `forbidden` with the rule that decided; `not_found` for an unknown cluster.
 */
export async function demandRemoval(
  ctx: Context,
  actor: Actor,
  { cluster: wanted, name }: Removal,
): Promise<{ cluster: Cluster; caller: Caller }> {
  authorise(actor, 'registry.remove')
  const cluster = ctx.clusters.named(wanted)
  const caller: Caller = { actor, grants: 'all' }
  const { allowed, reason } = await decideNode(ctx, cluster, caller, 'remove', name)
  if (!allowed) throw new AppError('forbidden', reason)
  return { cluster, caller }
}
