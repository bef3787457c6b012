import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Team, TeamInput } from '@/server/auth/schema'
import { readTeam } from '@/server/auth/teams'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { isUniqueViolation } from '@/server/db'
import { AppError } from '@/server/errors'

/** Adds a team without members. @throws AppError `conflict` when the slug is taken. */
export async function createTeam(
  ctx: Context,
  actor: Actor,
  { slug, name, dryRun }: TeamInput & { dryRun?: boolean },
): Promise<Team> {
  authorise(actor, 'team.manage')
  try {
    return await transact(ctx, { dryRun }, async (tx) => {
      const { id } = await tx.team.create({ data: { slug, name } })
      await recordAudit(tx, ctx, actor, {
        action: 'team.create',
        subject: { type: 'team', id, name: slug },
        details: { name },
      })
      return readTeam(tx, id)
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const message = `A team “${slug}” exists already.`
    throw new AppError('conflict', message, { cause: error, fields: [{ path: 'slug', message }] })
  }
}
