import { presentRequest } from '@/server/apt/moves/present-request'
import type { DecisionInput, MoveRequest } from '@/server/apt/moves/schema'
import { findRequest, holdWaiting } from '@/server/apt/moves/waiting-request'
import { concernOf } from '@/server/apt/repositories/find-repository'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'

interface Refusal extends DecisionInput {
  id: string
  dryRun?: boolean
}

/** Declines a request: nothing moves. @throws AppError `not_found`, `forbidden`; `conflict` when it waits no longer. */
export async function declineRequest(ctx: Context, actor: Actor, refusal: Refusal): Promise<MoveRequest> {
  authorise(actor, 'apt.approve')
  const { repository } = await findRequest(ctx, refusal.id)
  authorise(actor, 'apt.approve', concernOf(repository))
  return end(ctx, actor, refusal, 'declined')
}

/**
 * Takes one's own request back.
 * @throws AppError `not_found`; `forbidden` for everybody but who asked; `conflict` when it waits no longer.
 */
export async function withdrawRequest(ctx: Context, actor: Actor, refusal: Refusal): Promise<MoveRequest> {
  authorise(actor, 'apt.move')
  const { requesterId } = await findRequest(ctx, refusal.id)
  if (requesterId === null || requesterId !== actor.userId) {
    throw new AppError('forbidden', 'Only who asked may withdraw a request; others decline it.')
  }
  return end(ctx, actor, refusal, 'withdrawn')
}

function end(
  ctx: Context,
  actor: Actor,
  { id, reason = '', dryRun }: Refusal,
  state: 'declined' | 'withdrawn',
): Promise<MoveRequest> {
  return transact(ctx, { dryRun }, async (tx) => {
    const { repository, fromBranch, toBranch, requesterName } = await holdWaiting(ctx, tx, id)
    const decided = await tx.aptMoveRequest.update({
      where: { id },
      data: {
        ...{ state, deciderId: actor.userId, deciderName: actor.name, decidedAt: ctx.now() },
        decision: reason === '' ? null : reason,
      },
      include: { repository: { select: { name: true } } },
    })
    await recordAudit(tx, ctx, actor, {
      action: state === 'declined' ? 'apt.request-decline' : 'apt.request-withdraw',
      subject: { type: 'apt_request', id, name: `${repository.name}: ${fromBranch} → ${toBranch}` },
      details: { requester: requesterName, reason },
    })
    return presentRequest(decided, actor)
  })
}
