import { recordAudit } from '@/server/audit/record'
import { hashPassword } from '@/server/auth/passwords'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { User, UserInput } from '@/server/auth/schema'
import { readUser, teamIds } from '@/server/auth/users'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { isUniqueViolation } from '@/server/db'
import { AppError } from '@/server/errors'

/**
 * Adds a person. Without a password they can sign in only through single sign-on.
 * @throws AppError `invalid` for an unknown team; `conflict` when the e-mail address is taken.
 */
export async function createUser(
  ctx: Context,
  actor: Actor,
  { dryRun, ...input }: UserInput & { dryRun?: boolean },
): Promise<User> {
  authorise(actor, 'user.manage')
  const passwordHash = input.password === undefined ? null : await hashPassword(input.password)
  try {
    return await transact(ctx, { dryRun }, async (tx) => {
      const teams = await teamIds(tx, input.teams)
      const { id } = await tx.user.create({
        data: {
          email: input.email,
          name: input.name,
          role: input.role,
          passwordHash,
          memberships: { create: teams.map((teamId) => ({ teamId })) },
        },
      })
      await recordAudit(tx, ctx, actor, {
        action: 'user.create',
        subject: { type: 'user', id, name: input.email },
        details: { name: input.name, role: input.role, teams: input.teams },
      })
      return readUser(tx, id)
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const message = `Someone with the address ${input.email} exists already.`
    throw new AppError('conflict', message, { cause: error, fields: [{ path: 'email', message }] })
  }
}
