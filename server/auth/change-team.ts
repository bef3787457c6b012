import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Team } from '@/server/auth/schema'
import { readTeam, teamTag } from '@/server/auth/teams'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'

interface TeamStep {
  id: string
  /** The tag the change is based on; without one it is made whatever happened meanwhile. */
  ifMatch?: string | undefined
  dryRun?: boolean
}

/** Gives a team another name; its slug stays, because clients use it. @throws AppError `not_found`, `precondition_failed`. */
export async function renameTeam(ctx: Context, actor: Actor, { name, ...step }: TeamStep & { name: string }) {
  authorise(actor, 'team.manage')
  return transact(ctx, step, async (tx) => {
    const before = await hold(tx, step)
    await tx.team.update({ where: { id: before.id }, data: { name } })
    await recordAudit(tx, ctx, actor, {
      action: 'team.change',
      subject: { type: 'team', id: before.id, name: before.slug },
      details: { name: { from: before.name, to: name } },
    })
    await notify(tx, { topic: 'token' })
    return readTeam(tx, before.id)
  })
}

/**
 * Removes a team that never declared anything. Its tokens are revoked: without their team they would speak for every
 * team of their owner.
 * @returns the team as it was.
 * @throws AppError `not_found`, `precondition_failed`; `conflict` when it has uses, retired ones included.
 */
export async function deleteTeam(ctx: Context, actor: Actor, step: TeamStep): Promise<Team> {
  authorise(actor, 'team.manage')
  return transact(ctx, step, async (tx) => {
    const team = await hold(tx, step)
    const uses = await tx.use.count({ where: { teamId: team.id } })
    if (uses > 0) {
      throw new AppError(
        'conflict',
        `The team has ${uses} ${uses === 1 ? 'use' : 'uses'} on record, so it stays: the record says who needed what.`,
      )
    }
    const revoked = await tx.apiToken.updateMany({
      where: { teamId: team.id, revokedAt: null },
      data: { revokedAt: ctx.now() },
    })
    await tx.team.delete({ where: { id: team.id } })
    await recordAudit(tx, ctx, actor, {
      action: 'team.delete',
      subject: { type: 'team', id: team.id, name: team.slug },
      details: { name: team.name, members: team.members, revokedTokens: revoked.count },
    })
    await notify(tx, { topic: 'token' })
    return team
  })
}

/** The team, held still until the transaction ends. */
async function hold(tx: Tx, { id, ifMatch }: TeamStep): Promise<Team> {
  const found = await readTeam(tx, id)
  await tx.$queryRaw`SELECT 1 FROM teams WHERE id = ${found.id}::uuid FOR UPDATE`
  const team = await readTeam(tx, found.id)
  if (ifMatch !== undefined && ifMatch !== teamTag(team)) {
    throw new AppError(
      'precondition_failed',
      'This team was changed meanwhile. Look again before you change it.',
    )
  }
  return team
}
