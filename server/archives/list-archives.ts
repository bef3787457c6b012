import { presentArchives } from '@/server/archives/present-archive'
import type { Archive } from '@/server/archives/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { decodeCursor, pageOf } from '@/server/http/cursor'

/** Archives by name. */
export async function listArchives(
  ctx: Context,
  actor: Actor,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: Archive[]; nextCursor: string | null }> {
  authorise(actor, 'archive.read')
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0]
  const rows = await ctx.db.archive.findMany({
    where: after === undefined ? {} : { name: { gt: after } },
    orderBy: { name: 'asc' },
    take: limit + 1,
  })
  const page = pageOf(rows, limit, { key: ({ name }) => [name], item: (row) => row })
  return { items: await presentArchives(ctx, ctx.db, page.items), nextCursor: page.nextCursor }
}
