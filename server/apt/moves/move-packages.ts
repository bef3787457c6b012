import type { AptBranch } from '@/prisma/client/client'
import { recordMove } from '@/server/apt/moves/move-items'
import { openRequest } from '@/server/apt/moves/open-request'
import { planMove } from '@/server/apt/moves/plan-move'
import { presentMove } from '@/server/apt/moves/present-move'
import type { MoveInput, MoveOutcome } from '@/server/apt/moves/schema'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { branchOf, concernOf, findRepository } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

interface Choices {
  /** Say what would happen, and change nothing. It waits for nobody. */
  dryRun?: boolean
  /** False: a busy branch is refused instead of waited for. */
  wait?: boolean
}

/**
 * Moves source versions with all their binary packages from a branch to another, or copies them, and publishes both: all of
 * them in one transaction, or none. What is there already stays as it is. Into a branch that takes approved moves only, it
 * asks for approval instead.
 * @throws AppError `not_found` for a package that is in neither branch; `conflict` for a branch that is busy, without `wait`;
 * `forbidden`, `invalid`.
 */
export async function movePackages(
  ctx: Context,
  actor: Actor,
  input: MoveInput,
  { dryRun = false, wait = true }: Choices = {},
): Promise<MoveOutcome> {
  authorise(actor, 'apt.move')
  const repository = await findRepository(ctx.db, input.repository)
  authorise(actor, 'apt.move', concernOf(repository))
  refuseSameBranch(input)
  const { packages, copy = false, reason = null } = input
  const [from, to] = [input.from, input.to].map((name) =>
    branchOf(repository.name, repository.branches, name),
  ) as [AptBranch, AptBranch]
  if (dryRun) {
    const { plan } = await planMove(ctx.db, { from, to, packages, copy, withProblems: true })
    return { outcome: 'planned', plan, move: null, request: null }
  }
  const branches = [from.name, to.name]
  const change = { repositoryId: repository.id, branches, actor, cause: 'move' as const, wait }
  return changeBranches<MoveOutcome>(ctx, change, async (tx, locked) => {
    const held = {
      from: locked.branches.get(from.name) as AptBranch,
      to: locked.branches.get(to.name) as AptBranch,
    }
    const { plan, items, enters } = await planMove(tx, { ...held, packages, copy })
    if (items.length === 0) return { result: { outcome: 'already_there', plan, move: null, request: null } }
    if (plan.needsApproval) {
      const request = await openRequest(ctx, tx, actor, { ...held, packages, copy, reason, enters })
      return { result: { outcome: 'waits_for_approval', plan, move: null, request } }
    }
    const kind = copy ? 'copy' : 'move'
    const ends = { fromBranch: from.name, toBranch: to.name }
    const causeId = await recordMove(ctx, tx, locked, actor, { kind, ...ends, reason, items })
    const move = (await presentMove(tx, causeId)) ?? null
    return { result: { outcome: 'moved', plan, move, request: null }, causeId }
  })
}

function refuseSameBranch({ from, to }: MoveInput): void {
  if (from !== to) return
  const message = 'Packages move from one branch to another; these are the same.'
  throw new AppError('invalid', message, { fields: [{ path: 'to', message }] })
}
