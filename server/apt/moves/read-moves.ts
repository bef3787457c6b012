import { moveRelations, presentMove, presentMoves } from '@/server/apt/moves/present-move'
import type { MoveDetail, MoveSummary, MovesQuery } from '@/server/apt/moves/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { idOfCursor, pageOf } from '@/server/http/cursor'

/**
 * What changed its branch, the newest first.
 * @param query.branch those into or out of it.
 * @param query.q any part of the name of a source or package.
 */
export async function listMoves(
  ctx: Context,
  actor: Actor,
  { repository, branch, q, limit, cursor }: MovesQuery,
): Promise<{ items: MoveSummary[]; nextCursor: string | null }> {
  authorise(actor, 'apt.read')
  const after = idOfCursor(cursor)
  const contains = q?.toLowerCase().replaceAll(/[\\%_]/g, '\\$&') ?? ''
  const named: Prisma.AptPackageWhereInput = { OR: [{ name: { contains } }, { sourceName: { contains } }] }
  const rows = await ctx.db.aptMove.findMany({
    where: {
      ...(repository !== undefined && { repository: { name: repository } }),
      ...(branch !== undefined && { OR: [{ fromBranch: branch }, { toBranch: branch }] }),
      ...(q && { items: { some: { package: named } } }),
      ...(after !== undefined && { id: { lt: after } }),
    },
    include: moveRelations,
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  const page = pageOf(rows, limit, { key: ({ id }) => [id], item: (row) => row })
  return { items: await presentMoves(ctx.db, page.items), nextCursor: page.nextCursor }
}

/** One move with its packages. @throws AppError `not_found`. */
export async function getMove(ctx: Context, actor: Actor, { id }: { id: string }): Promise<MoveDetail> {
  authorise(actor, 'apt.read')
  const move = await presentMove(ctx.db, id)
  if (move === undefined) throw new AppError('not_found', 'There is no such move.')
  return move
}
