import { expireRequests } from '@/server/apt/moves/expire-requests'
import { presentRequest } from '@/server/apt/moves/present-request'
import type { MoveRequest, RequestsQuery } from '@/server/apt/moves/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { idOfCursor, pageOf } from '@/server/http/cursor'

/** Requests for approval, the newest first. */
export async function listRequests(
  ctx: Context,
  actor: Actor,
  { repository, state, limit, cursor }: RequestsQuery,
): Promise<{ items: MoveRequest[]; nextCursor: string | null }> {
  authorise(actor, 'apt.read')
  await expireRequests(ctx)
  const after = idOfCursor(cursor)
  const rows = await ctx.db.aptMoveRequest.findMany({
    where: {
      ...(repository !== undefined && { repository: { name: repository } }),
      ...(state !== undefined && { state }),
      ...(after !== undefined && { id: { lt: after } }),
    },
    include: { repository: { select: { name: true } } },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return pageOf(rows, limit, { key: ({ id }) => [id], item: (row) => presentRequest(row, actor) })
}
