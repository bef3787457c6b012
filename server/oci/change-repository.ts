import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { readRepository } from '@/server/oci/browse/read-repository'
import { viewOfRepository } from '@/server/oci/browse/view'
import type { RepositoryDetail } from '@/server/oci/schema'

interface RepositoryChange {
  cluster: string
  name: string
  immutableTags: boolean
  dryRun?: boolean
}

/**
 * Sets the options of a repository: whether its tags, once pushed, stay with what they name.
 * @throws AppError `forbidden` without `administer` on its node, `not_found`.
 */
export async function changeRepository(
  ctx: Context,
  actor: Actor,
  { cluster, name, immutableTags, dryRun }: RepositoryChange,
): Promise<RepositoryDetail> {
  authorise(actor, 'registry.administer')
  const { repository, decide } = await viewOfRepository(ctx, actor, { cluster, name })
  const { allowed, reason } = await decide('administer', name)
  if (!allowed) throw new AppError('forbidden', reason)
  await transact(ctx, { dryRun }, async (tx) => {
    const { count } = await tx.repository.updateMany({
      where: { id: repository.id, immutableTags: !immutableTags },
      data: { immutableTags },
    })
    if (count === 0) return
    await recordAudit(tx, ctx, actor, {
      action: 'registry.change',
      subject: { type: 'repository', id: repository.id, name: `${cluster}/${name}` },
      details: { before: { immutableTags: !immutableTags }, after: { immutableTags } },
    })
    await notify(tx, { topic: 'repository', id: repository.id })
  })
  return { ...(await readRepository(ctx, actor, { cluster, name })), immutableTags }
}
