import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Token } from '@/server/auth/schema'
import { presentToken, withOwner } from '@/server/auth/tokens'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'

/** Ends a token for good, at its next use; one that is revoked already stays as it is. @throws AppError `not_found`. */
export async function revokeToken(
  ctx: Context,
  actor: Actor,
  { id, dryRun }: { id: string; dryRun?: boolean },
): Promise<Token> {
  const known = await ctx.db.apiToken.findUnique({ where: { id }, select: { userId: true } })
  authorise(actor, 'token.revoke', { ownerId: known?.userId ?? null })
  return transact(ctx, { dryRun }, async (tx) => {
    const { count } = await tx.apiToken.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: ctx.now() },
    })
    const row = await tx.apiToken.findUnique({ where: { id }, include: withOwner })
    if (!row) throw new AppError('not_found', 'There is no such token.')
    if (count > 0) {
      await recordAudit(tx, ctx, actor, {
        action: 'token.revoke',
        subject: { type: 'token', id, name: row.name },
        details: { owner: row.user.name, prefix: row.prefix },
      })
      await notify(tx, { topic: 'token', id })
    }
    return presentToken(row)
  })
}
