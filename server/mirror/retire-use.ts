import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { notify } from '@/server/events'
import { holdUse, type UseStep } from '@/server/mirror/change-use'
import { presentUse, withPeople } from '@/server/mirror/get-file'
import type { Use } from '@/server/mirror/schema'
import { noticeOf } from '@/server/mirror/use-subject'

interface Retirement extends UseStep {
  reason: string
}

/**
 * Ends a team's use of a file or of an image. The bytes stay stored and served: builds of old releases go on working.
 * @throws AppError `not_found`, `forbidden`, `precondition_failed`; `conflict` when it is retired already.
 */
export async function retireUse(
  ctx: Context,
  actor: Actor,
  { dryRun, ...retirement }: Retirement,
): Promise<Use> {
  authorise(actor, 'use.change')
  return transact(ctx, { dryRun }, (tx) => retire(tx, ctx, actor, retirement))
}

async function retire(tx: Tx, ctx: Context, actor: Actor, { reason, ...step }: Retirement): Promise<Use> {
  const use = await holdUse(tx, actor, step)
  const data = { retiredAt: ctx.now(), retiredReason: reason }
  const retired = await tx.use.update({ where: { id: use.id }, data, include: withPeople })
  await recordAudit(tx, ctx, actor, {
    action: 'use.retire',
    subject: use.subject,
    details: { team: use.team.slug, reason },
  })
  await notify(tx, noticeOf(use.subject))
  return presentUse(retired)
}
