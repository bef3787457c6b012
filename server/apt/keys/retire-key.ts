import { presentKey } from '@/server/apt/keys/present-key'
import type { AptKey } from '@/server/apt/keys/schema'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { findRepositoryFor } from '@/server/apt/repositories/find-repository'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/**
 * Ends a key: it signs nothing any more, and the repository no longer hands it out. Every branch is published anew without it.
 * Retiring it again changes nothing.
 * @throws AppError `not_found`, `forbidden`; `conflict` for the last key that signs.
 */
export async function retireKey(
  ctx: Context,
  actor: Actor,
  { repo, id }: { repo: string; id: string },
  { dryRun }: { dryRun?: boolean } = {},
): Promise<AptKey> {
  const repository = await findRepositoryFor(ctx.db, actor, 'apt.manage', repo)
  const branches = repository.branches.map(({ name }) => name)
  const request = {
    repositoryId: repository.id,
    branches,
    all: true,
    actor,
    cause: 'settings' as const,
    dryRun,
  }
  return changeBranches(ctx, request, async (tx, { branches: locked, changes }) => {
    const now = ctx.now()
    const row = await tx.aptKey.findFirst({ where: { id, repositoryId: repository.id } })
    if (row === null) throw new AppError('not_found', `The repository “${repo}” has no such key.`)
    if (row.retiredAt !== null) return { result: await presentKey(row, now) }
    const others = await tx.aptKey.count({
      where: {
        ...{ repositoryId: repository.id, retiredAt: null, id: { not: id } },
        OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
      },
    })
    if (others === 0) {
      throw new AppError('conflict', 'This is the last key that signs. Add another before you retire it.')
    }
    const retired = await tx.aptKey.update({ where: { id }, data: { retiredAt: now } })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.retire-key',
      subject: { type: 'apt_key', id, name: `${repo}/${row.fingerprint}` },
    })
    for (const { id: branchId } of locked.values()) changes.touch(branchId)
    return { result: await presentKey(retired, now) }
  })
}
