import { type Actor, anonymous, authorise } from '@/server/auth/permissions'
import { actorOfUser } from '@/server/auth/session-actor'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { decideNode } from '@/server/oci/access/decide-node'
import { presentRule } from '@/server/oci/access/rule-rows'
import type { PermissionAnswer, PermissionQuestion } from '@/server/oci/access/schema'

/**
 * Why somebody may do something at a node, or why not: oneself, as one asks, with the scopes of one's token; or, for who
 * administers the node, another person or any member of a team.
 * @throws AppError `forbidden` for a question about others; `not_found`.
 */
export async function checkPermission(
  ctx: Context,
  actor: Actor,
  { cluster: name, path, permission, user, team }: PermissionQuestion & { cluster: string },
): Promise<PermissionAnswer> {
  authorise(actor, 'registry.pull')
  const cluster = ctx.clusters.named(name)
  const isAboutOthers = team !== undefined || (user !== undefined && user !== actor.userId)
  if (isAboutOthers) {
    const { allowed, reason } = await decideNode(ctx, cluster, { actor, grants: 'all' }, 'administer', path)
    if (!allowed)
      throw new AppError('forbidden', `Only who administers the node asks about others. ${reason}`)
  }
  const concerned = isAboutOthers ? await other(ctx, { user, team }) : actor
  const decision = await decideNode(ctx, cluster, { actor: concerned, grants: 'all' }, permission, path)
  return {
    allowed: decision.allowed,
    reason: decision.reason,
    rule: decision.rule === undefined ? null : presentRule(decision.rule),
    judgedAt: decision.judgedAt ?? path,
  }
}

async function other(
  ctx: Context,
  { user, team: slug }: Pick<PermissionQuestion, 'user' | 'team'>,
): Promise<Actor> {
  if (user !== undefined) {
    const found = await actorOfUser(ctx, { id: user })
    if (found === undefined) throw new AppError('not_found', 'There is no such user, or they are disabled.')
    return found
  }
  const team = await ctx.db.team.findUnique({
    where: { slug: slug ?? '' },
    select: { id: true, slug: true, name: true },
  })
  if (team === null) throw new AppError('not_found', `There is no team “${slug}”.`)
  // Somebody of whom nothing is known but the team.
  return {
    ...anonymous,
    kind: 'user',
    name: `a member of ${team.name}`,
    role: 'member',
    teams: [team],
    scopes: 'all',
  }
}
