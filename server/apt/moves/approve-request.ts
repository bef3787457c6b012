import type { AptBranch } from '@/prisma/client/client'
import { recordMove } from '@/server/apt/moves/move-items'
import { planAsked } from '@/server/apt/moves/plan-asked'
import { presentRequest } from '@/server/apt/moves/present-request'
import type { DecisionInput, MoveRequest } from '@/server/apt/moves/schema'
import { type FoundRequest, findRequest, holdWaiting } from '@/server/apt/moves/waiting-request'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { concernOf } from '@/server/apt/repositories/find-repository'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

interface Approval extends DecisionInput {
  id: string
  dryRun?: boolean
}

/**
 * Approves a request and makes its move, in one transaction. It is good for the very files that were asked for, one time, and by
 * somebody else than who asked, whichever token they use.
 * @throws AppError `not_found`; `forbidden`, also for the requester; `conflict` when it was decided or has expired, or when
 * other files would move now.
 */
export async function approveRequest(
  ctx: Context,
  actor: Actor,
  { id, reason = '', dryRun = false }: Approval,
): Promise<MoveRequest> {
  authorise(actor, 'apt.approve')
  const asked = await findRequest(ctx, id)
  authorise(actor, 'apt.approve', concernOf(asked.repository))
  refuseRequester(actor, asked)
  const { repositoryId, fromBranch, toBranch, copy } = asked
  const branches = [fromBranch, toBranch]
  const change = { repositoryId, branches, actor, cause: 'move' as const, dryRun }
  return changeBranches(ctx, change, async (tx, locked) => {
    const request = await holdWaiting(ctx, tx, id)
    const from = locked.branches.get(fromBranch) as AptBranch
    const to = locked.branches.get(toBranch) as AptBranch
    const items = await planAsked(tx, request, { from, to })
    const kind = copy ? 'copy' : 'move'
    const moveId = await recordMove(ctx, tx, locked, actor, {
      ...{ kind, fromBranch, toBranch, reason: request.reason, items },
    })
    const decided = await tx.aptMoveRequest.update({
      where: { id },
      data: {
        ...{ state: 'approved', moveId, deciderId: actor.userId, deciderName: actor.name },
        ...{ decision: reason === '' ? null : reason, decidedAt: ctx.now() },
      },
      include: { repository: { select: { name: true } } },
    })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.request-approve',
      subject: { type: 'apt_request', id, name: `${request.repository.name}: ${fromBranch} → ${toBranch}` },
      details: { requester: request.requesterName, filesDigest: request.filesDigest, move: moveId, reason },
    })
    return { result: presentRequest(decided, actor), causeId: moveId }
  })
}

/** @throws AppError `forbidden` for who asked, and for who is no person. */
function refuseRequester(actor: Actor, { requesterId }: FoundRequest): void {
  if (actor.userId === null) throw new AppError('forbidden', 'Only a person can approve a move.')
  if (actor.userId !== requesterId) return
  throw new AppError('forbidden', 'You asked for this move, so somebody else must approve it.')
}
