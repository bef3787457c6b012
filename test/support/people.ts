import { randomUUID } from 'node:crypto'
import type { Actor } from '@/server/auth/permissions'
import type { Role } from '@/server/auth/schema'
import type { Context } from '@/server/context'

/** A team of its own for a test. */
export async function createTeam(ctx: Context, slug = `team-${randomUUID().slice(0, 8)}`) {
  return ctx.db.team.create({ data: { slug, name: slug } })
}

/** A user with this role in these teams, as the actor that use cases take. */
export async function createActor(
  ctx: Context,
  role: Role,
  teams: { id: string; slug: string; name: string }[] = [],
): Promise<Actor> {
  const user = await ctx.db.user.create({
    data: {
      email: `${role}-${randomUUID()}@example.org`,
      name: `A ${role}`,
      role,
      memberships: { create: teams.map(({ id }) => ({ teamId: id })) },
    },
  })
  return { kind: 'user', id: user.id, userId: user.id, name: user.name, role, teams, scopes: 'all' }
}
