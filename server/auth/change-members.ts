import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Team } from '@/server/auth/schema'
import { readTeam } from '@/server/auth/teams'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'

interface Membership {
  /** Id or slug of the team. */
  id: string
  userId: string
  dryRun?: boolean
}

/** Puts someone into a team; who is in it already stays. @throws AppError `not_found`. */
export async function addMember(ctx: Context, actor: Actor, input: Membership): Promise<Team> {
  authorise(actor, 'team.manage')
  return transact(ctx, input, async (tx) => {
    const { team, email } = await both(tx, input)
    const { count } = await tx.membership.createMany({
      data: [{ userId: input.userId, teamId: team.id }],
      skipDuplicates: true,
    })
    if (count === 0) return team
    await recordAudit(tx, ctx, actor, {
      action: 'team.add-member',
      subject: { type: 'team', id: team.id, name: team.slug },
      details: { userId: input.userId, email },
    })
    await notify(tx, { topic: 'token' })
    return readTeam(tx, team.id)
  })
}

/** Takes someone out of a team; what they declared stays the team's. @throws AppError `not_found`. */
export async function removeMember(ctx: Context, actor: Actor, input: Membership): Promise<Team> {
  authorise(actor, 'team.manage')
  return transact(ctx, input, async (tx) => {
    const { team, email } = await both(tx, input)
    const { count } = await tx.membership.deleteMany({ where: { userId: input.userId, teamId: team.id } })
    if (count === 0) throw new AppError('not_found', 'This person is not in the team.')
    await recordAudit(tx, ctx, actor, {
      action: 'team.remove-member',
      subject: { type: 'team', id: team.id, name: team.slug },
      details: { userId: input.userId, email },
    })
    await notify(tx, { topic: 'token' })
    return readTeam(tx, team.id)
  })
}

async function both(tx: Tx, { id, userId }: Membership): Promise<{ team: Team; email: string }> {
  const team = await readTeam(tx, id)
  const user = await tx.user.findUnique({ where: { id: userId }, select: { email: true } })
  if (!user) throw new AppError('not_found', 'There is no such user.')
  return { team, email: user.email }
}
