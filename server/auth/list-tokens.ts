import { type Actor, authorise } from '@/server/auth/permissions'
import type { TokenQuery } from '@/server/auth/schema'
import { presentToken, withOwner } from '@/server/auth/tokens'
import type { Context } from '@/server/context'
import { idOfCursor, pageOf } from '@/server/http/cursor'

/** One's own tokens, newest first, revoked and expired ones included; with `all`, everyone's. */
export async function listTokens(ctx: Context, actor: Actor, query: TokenQuery) {
  authorise(actor, query.all === 'true' ? 'token.readAll' : 'token.read')
  const after = idOfCursor(query.cursor)
  const mine = { userId: actor.userId ?? '00000000-0000-0000-0000-000000000000' }
  const rows = await ctx.db.apiToken.findMany({
    where: { ...(query.all !== 'true' && mine), ...(after && { id: { lt: after } }) },
    include: withOwner,
    orderBy: { id: 'desc' },
    take: query.limit + 1,
  })
  return pageOf(rows, query.limit, { key: (row) => [row.id], item: presentToken })
}
