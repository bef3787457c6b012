import { presented, presentRepositories } from '@/server/apt/repositories/present-repository'
import type { RepositoryQuery, RepositorySummary } from '@/server/apt/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { decodeCursor, pageOf } from '@/server/http/cursor'

/** The repositories by name; `q` looks into names, labels and descriptions. */
export async function listRepositories(
  ctx: Context,
  actor: Actor,
  { q, limit, cursor }: RepositoryQuery,
): Promise<{ items: RepositorySummary[]; nextCursor: string | null }> {
  authorise(actor, 'apt.read')
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0]
  const contains = { contains: q?.replaceAll(/[\\%_]/g, '\\$&'), mode: 'insensitive' } as const
  const rows = await ctx.db.aptRepository.findMany({
    where: {
      ...(after !== undefined && { name: { gt: after } }),
      ...(q && { OR: [{ name: contains }, { label: contains }, { description: contains }] }),
    },
    include: presented,
    orderBy: { name: 'asc' },
    take: limit + 1,
  })
  const page = pageOf(rows, limit, { key: ({ name }) => [name], item: (row) => row })
  return { ...page, items: await presentRepositories(ctx, ctx.db, page.items) }
}
