import type { AptBranch } from '@/prisma/client/client'
import { keepItems } from '@/server/apt/moves/move-items'
import { place, unplace } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { findRepositoryFor } from '@/server/apt/repositories/find-repository'
import { comparePublications, readPublication } from '@/server/apt/snapshots/compare-publications'
import type { RollBackInput, RolledBack } from '@/server/apt/snapshots/schema'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

interface Input extends RollBackInput {
  repo: string
  branch: string
}

/**
 * Brings a branch back to what a snapshot of it had, as a new publication. Packages that leave stay in the pool.
 * @throws AppError `not_found`, `forbidden`.
 */
export async function rollBack(
  ctx: Context,
  actor: Actor,
  { repo, branch: name, snapshot, reason }: Input,
  { dryRun }: { dryRun?: boolean },
): Promise<RolledBack> {
  const { id: repositoryId } = await findRepositoryFor(ctx.db, actor, 'apt.approve', repo)
  const request = { repositoryId, branches: [name], actor, cause: 'roll_back' as const, dryRun }
  return changeBranches<RolledBack>(ctx, request, async (tx, locked) => {
    const branch = locked.branches.get(name) as AptBranch
    if (branch.publicationId === null) throw new AppError('not_found', 'This branch shows nothing yet.')
    const then = await readPublication(tx, branch.id, snapshot)
    const now = await readPublication(tx, branch.id, String(branch.publicationId))
    const { onlyBefore: lost, onlyAfter: extra } = await comparePublications(ctx, tx, then.lists, now.lists)
    if (lost.length + extra.length === 0) return { result: { moveId: null, added: 0, removed: 0 } }
    const removed = await unplace(tx, locked, branch, extra)
    const added = await place(tx, locked, branch, lost)
    const move = await tx.aptMove.create({
      data: {
        ...{ repositoryId, kind: 'roll_back', toBranch: name, reason },
        ...{ actorType: actor.kind, actorId: actor.id, actorName: actor.name },
      },
    })
    await keepItems(tx, move.id, [
      ...removed.map((packageId) => ({ packageId, from: name, to: null })),
      ...added.map((packageId) => ({ packageId, from: null, to: name })),
    ])
    const details = { snapshot, reason, added: added.length, removed: removed.length }
    const subject = { type: 'apt_branch', id: branch.id, name: `${repo}/${name}` }
    await recordAudit(tx, ctx, actor, { action: 'apt.roll-back', subject, details })
    return { result: { moveId: move.id, added: added.length, removed: removed.length }, causeId: move.id }
  })
}
