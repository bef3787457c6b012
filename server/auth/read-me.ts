import { type Actor, actions, authorise, refusal } from '@/server/auth/permissions'
import { type Me, scope } from '@/server/auth/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/** Who is asking, and what that allows. @throws AppError `unauthenticated`. */
export async function readMe(ctx: Context, actor: Actor): Promise<Me> {
  authorise(actor, 'me.read')
  if ((actor.kind !== 'user' && actor.kind !== 'token') || actor.id === null || actor.userId === null) {
    throw new AppError('not_found', 'Nobody in particular is asking.')
  }
  const user = await ctx.db.user.findUniqueOrThrow({ where: { id: actor.userId }, select: { email: true } })
  return {
    kind: actor.kind,
    id: actor.id,
    name: actor.name,
    email: user.email,
    role: actor.role,
    teams: actor.teams.map(({ slug, name }) => ({ slug, name })),
    scopes: actor.scopes === 'all' ? [...scope.options] : [...actor.scopes],
    actions: actions.filter((action) => refusal(actor, action) === undefined),
  }
}
