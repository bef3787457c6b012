import { presentKey } from '@/server/apt/keys/present-key'
import type { AptKey } from '@/server/apt/keys/schema'
import { findRepository } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { idOfCursor, pageOf } from '@/server/http/cursor'

interface Asked {
  repo: string
  limit: number
  cursor?: string | undefined
}

/** The keys of a repository, the newest first, retired ones among them, each with what apt would object to. */
export async function listKeys(
  ctx: Context,
  actor: Actor,
  { repo, limit, cursor }: Asked,
): Promise<{ items: AptKey[]; nextCursor: string | null }> {
  authorise(actor, 'apt.read')
  const { id: repositoryId } = await findRepository(ctx.db, repo)
  const before = idOfCursor(cursor)
  const rows = await ctx.db.aptKey.findMany({
    where: { repositoryId, ...(before !== undefined && { id: { lt: before } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  const { items, nextCursor } = pageOf(rows, limit, { key: ({ id }) => [id], item: (row) => row })
  return { items: await Promise.all(items.map((row) => presentKey(row, ctx.now()))), nextCursor }
}
