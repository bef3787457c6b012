import { LRUCache } from 'lru-cache'
import type { AptBranch } from '@/prisma/client/client'
import { type CardRow, readCards } from '@/server/apt/packages/read-cards'
import type { Board, BoardCard, BoardQuery } from '@/server/apt/packages/schema'
import { findRepository } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

interface Column {
  total: number
  cards: CardRow[]
}

/** Columns by publication and what was asked of it: what a branch has changes with its publication alone. */
const columns = new LRUCache<string, Column>({
  maxSize: 20_000,
  sizeCalculation: ({ cards }) => cards.length + 1,
})

/**
 * The branches of a repository as columns, in the order of promotion, each with the source versions that came last.
 * @throws AppError `not_found`.
 */
export async function readBoard(
  ctx: Context,
  actor: Actor,
  { repo, ...query }: BoardQuery & { repo: string },
): Promise<Board> {
  authorise(actor, 'apt.read')
  const { branches } = await findRepository(ctx.db, repo)
  return {
    columns: await Promise.all(
      branches.map(async (branch) => {
        const { total, cards } = await readColumn(ctx, branch, query)
        const { name, approvalRequired } = branch
        return { branch: name, approvalRequired, total, cards: cards.map(presentCard) }
      }),
    ),
  }
}

async function readColumn(ctx: Context, branch: AptBranch, query: BoardQuery): Promise<Column> {
  const { q = '', component = '', limit } = query
  const key = JSON.stringify([branch.id, String(branch.publicationId), limit, q, component])
  const kept = columns.get(key)
  if (kept !== undefined) return kept
  const column = await readCards(ctx, branch.id, query)
  if (branch.publicationId !== null) columns.set(key, column)
  return column
}

function presentCard({ source, version, component, architectures, binaries, ...row }: CardRow): BoardCard {
  return {
    ...{ source, version, component, architectures, binaries: Number(binaries) },
    ...{ hasSource: row.has_source, summary: row.summary, placedAt: row.placed_at.toISOString() },
  }
}
