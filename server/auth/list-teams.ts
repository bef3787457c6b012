import { type Actor, authorise } from '@/server/auth/permissions'
import type { Member, Team, TeamQuery } from '@/server/auth/schema'
import { presentTeam, readTeam, withCounts } from '@/server/auth/teams'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { decodeCursor, idOfCursor, pageOf } from '@/server/http/cursor'

/** Teams by slug, filtered by a part of slug or name. */
export async function listTeams(ctx: Context, actor: Actor, query: TeamQuery) {
  authorise(actor, 'team.read')
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 1)[0]
  const contains = { contains: query.q, mode: 'insensitive' } as const
  const where: Prisma.TeamWhereInput = {
    ...(query.q && { OR: [{ name: contains }, { slug: contains }] }),
    ...(after && { slug: { gt: after } }),
  }
  const rows = await ctx.db.team.findMany({
    where,
    include: withCounts,
    orderBy: { slug: 'asc' },
    take: query.limit + 1,
  })
  return pageOf(rows, query.limit, { key: (row) => [row.slug], item: presentTeam })
}

/** One team. @throws AppError `not_found`. */
export async function getTeam(ctx: Context, actor: Actor, { id }: { id: string }): Promise<Team> {
  authorise(actor, 'team.read')
  return readTeam(ctx.db, id)
}

/** Who is in a team, in the order they were added. @throws AppError `not_found`. */
export async function listMembers(
  ctx: Context,
  actor: Actor,
  { id, limit, cursor }: { id: string; limit: number; cursor?: string | undefined },
) {
  const team = await getTeam(ctx, actor, { id })
  const after = idOfCursor(cursor)
  const rows = await ctx.db.membership.findMany({
    where: { teamId: team.id, ...(after && { userId: { gt: after } }) },
    include: { user: { select: { id: true, name: true, role: true } } },
    orderBy: { userId: 'asc' },
    take: limit + 1,
  })
  return pageOf(rows, limit, { key: (row) => [row.userId], item: ({ user }): Member => user })
}
