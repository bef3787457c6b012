import type { AptBranch } from '@/prisma/client/client'
import { type MoveItem, recordMove } from '@/server/apt/moves/move-items'
import { presentMove } from '@/server/apt/moves/present-move'
import type { MoveDetail, RemovalInput } from '@/server/apt/moves/schema'
import { selectSources } from '@/server/apt/moves/select-sources'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { concernOf, findRepository } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

interface Choices {
  dryRun?: boolean
  /** False: a busy branch is refused instead of waited for. */
  wait?: boolean
}

/**
 * Takes source versions with all their binary packages out of a branch, and publishes it. They stay in the pool, and an undo
 * brings them back.
 * @throws AppError `not_found` for a package that is not in the branch; `conflict` for a branch that is busy, without `wait`;
 * `forbidden`.
 */
export async function removePackages(
  ctx: Context,
  actor: Actor,
  { repo, branch: name, packages, reason }: RemovalInput & { repo: string },
  { dryRun = false, wait = true }: Choices = {},
): Promise<MoveDetail> {
  authorise(actor, 'apt.move')
  const repository = await findRepository(ctx.db, repo)
  authorise(actor, 'apt.move', concernOf(repository))
  const change = { repositoryId: repository.id, branches: [name], actor, cause: 'remove' as const }
  return changeBranches(ctx, { ...change, wait, dryRun }, async (tx, locked) => {
    const { id: from, repositoryId } = locked.branches.get(name) as AptBranch
    const selected = await selectSources(tx, { repositoryId, packages, from, to: null })
    const items = selected.map((one): MoveItem => ({ package: one, from: name, to: null }))
    const removal = { kind: 'remove' as const, fromBranch: name, toBranch: null, reason, items }
    const causeId = await recordMove(ctx, tx, locked, actor, removal)
    return { result: (await presentMove(tx, causeId)) as MoveDetail, causeId }
  })
}
