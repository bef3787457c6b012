import { recordAudit } from '@/server/audit/record'
import { hashPassword } from '@/server/auth/passwords'
import { type Actor, authorise } from '@/server/auth/permissions'
import { readMe } from '@/server/auth/read-me'
import type { Me, OwnPasswordInput } from '@/server/auth/schema'
import { checkPassword } from '@/server/auth/sign-in'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'

/**
 * Sets one's own password. Wrong guesses of the present one count towards the lock of the account. All sessions end,
 * this one too; tokens go on.
 * @throws AppError `forbidden` for a token; `invalid` when the present password is wrong; `conflict` for people who have
 * none; `rate_limited` while the account is locked.
 */
export async function changeOwnPassword(
  ctx: Context,
  actor: Actor,
  { current, password, dryRun }: OwnPasswordInput & { dryRun?: boolean },
): Promise<Me> {
  authorise(actor, 'me.read')
  if (actor.kind !== 'user' || actor.userId === null) {
    throw new AppError('forbidden', 'A token cannot change a password. Sign in to do so.')
  }
  const { id, email, passwordHash } = await ctx.db.user.findUniqueOrThrow({
    where: { id: actor.userId },
    select: { id: true, email: true, passwordHash: true },
  })
  if (passwordHash === null) {
    throw new AppError('conflict', 'You have no password: you sign in through single sign-on.')
  }
  if (!(await checkPassword(ctx, { email, password: current }))) {
    const message = 'This is not your present password.'
    throw new AppError('invalid', message, { fields: [{ path: 'current', message }] })
  }
  const me = await readMe(ctx, actor)
  const next = await hashPassword(password)
  await transact(ctx, { dryRun }, async (tx) => {
    await tx.user.update({
      where: { id },
      data: { passwordHash: next, sessionVersion: { increment: 1 }, failedSignIns: 0, lockedUntil: null },
    })
    await recordAudit(tx, ctx, actor, {
      action: 'user.change-password',
      subject: { type: 'user', id, name: email },
    })
    // Who signed in to the registry with the former one is remembered for a moment.
    await notify(tx, { topic: 'token' })
  })
  return me
}
