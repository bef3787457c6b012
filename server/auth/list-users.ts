import { type Actor, authorise } from '@/server/auth/permissions'
import type { User, UserQuery } from '@/server/auth/schema'
import { presentUser, readUser, withTeams } from '@/server/auth/users'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { idOfCursor, pageOf } from '@/server/http/cursor'

/** People, newest first, filtered by a part of their name or e-mail address. */
export async function listUsers(ctx: Context, actor: Actor, query: UserQuery) {
  authorise(actor, 'user.read')
  const after = idOfCursor(query.cursor)
  const contains = { contains: query.q, mode: 'insensitive' } as const
  const where: Prisma.UserWhereInput = {
    ...(query.q && { OR: [{ name: contains }, { email: contains }] }),
    ...(after && { id: { lt: after } }),
  }
  const rows = await ctx.db.user.findMany({
    where,
    include: withTeams,
    omit: { passwordHash: false },
    orderBy: { id: 'desc' },
    take: query.limit + 1,
  })
  return pageOf(rows, query.limit, { key: (row) => [row.id], item: presentUser })
}

/** One person. @throws AppError `not_found`. */
export async function getUser(ctx: Context, actor: Actor, { id }: { id: string }): Promise<User> {
  authorise(actor, 'user.read')
  return readUser(ctx.db, id)
}
