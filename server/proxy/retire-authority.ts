import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { standings } from '@/server/proxy/authority-standing'
import { holdAuthorities } from '@/server/proxy/authority-store'
import { presentAuthorities } from '@/server/proxy/list-authorities'
import type { Authority } from '@/server/proxy/schema'

/**
 * Stops offering an authority to clients, and signing with it. Its row and key stay.
 * @throws AppError `not_found`; `conflict` when it is retired already, or when no other one could sign in its place.
 */
export async function retireAuthority(
  ctx: Context,
  actor: Actor,
  { id, dryRun }: { id: string; dryRun?: boolean },
): Promise<Authority> {
  authorise(actor, 'authority.manage')
  return transact(ctx, { dryRun }, async (tx) => {
    const before = await holdAuthorities(tx)
    const row = before.find((each) => each.id === id)
    if (!row) throw new AppError('not_found', 'There is no such certificate authority.')
    if (row.retiredAt) throw new AppError('conflict', 'It is retired already.')
    const now = ctx.now()
    const after = before.map((each) => (each.id === id ? { ...each, retiredAt: now } : each))
    if (![...standings(after, now).values()].includes('signing')) {
      const message =
        'No other certificate authority can sign now. Rotate or import one, and retire this one when the other signs.'
      throw new AppError('conflict', message)
    }
    await tx.authority.update({ where: { id }, data: { retiredAt: now } })
    await recordAudit(tx, ctx, actor, {
      action: 'authority.retire',
      subject: { type: 'authority', id, name: row.subject },
      details: { fingerprint: row.fingerprint },
    })
    await notify(tx, { topic: 'authority', id })
    return presentAuthorities(after, now).find((each) => each.id === id) as Authority
  })
}
