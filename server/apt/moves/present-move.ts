import type { AptMove } from '@/prisma/client/client'
import type { MoveDetail, MoveSummary, PlanPackage } from '@/server/apt/moves/schema'
import { type Db, Prisma, type Tx } from '@/server/db'

/** What the text of a move is made of. */
export const moveRelations = {
  repository: { select: { name: true } },
  undoneBy: { select: { id: true } },
  request: { select: { id: true } },
} satisfies Prisma.AptMoveInclude

type MoveRow = AptMove & {
  repository: { name: string }
  undoneBy: { id: string } | null
  request: { id: string } | null
}

interface SourceRow {
  move_id: string
  sources: { source: string; version: string }[]
  packages: number
}

interface ItemRow extends PlanPackage {
  fromBranch: string | null
  toBranch: string | null
}

/** Source versions that a row of a list names. */
const MAX_SOURCES = 100
const MAX_ITEMS = 5_000

/** Moves as lists show them, in the order given. */
export async function presentMoves(db: Db | Tx, rows: readonly MoveRow[]): Promise<MoveSummary[]> {
  const found = await db.$queryRaw<SourceRow[]>`
    SELECT move_id, sum(packages)::int AS packages,
      (array_agg(jsonb_build_object('source', source_name, 'version', source_version)
        ORDER BY source_name, source_version))[1:${Prisma.raw(String(MAX_SOURCES))}] AS sources
    FROM (
      SELECT m.id AS move_id, k.source_name, k.source_version, count(*) AS packages
      FROM apt_moves m JOIN apt_move_items i ON i.move_id = m.id JOIN apt_packages k ON k.id = i.package_id
      WHERE m.id = ANY(${rows.map(({ id }) => id)}::uuid[])
        -- Older versions that made room for what moved, or came back instead of it, are not what it was about. What has one
        -- end only, such as a roll-back, is about all of them.
        AND (m.from_branch IS NULL OR m.to_branch IS NULL OR NOT (
          (i.to_branch IS NULL AND i.from_branch = m.to_branch) OR (i.from_branch IS NULL AND i.to_branch = m.from_branch)))
      GROUP BY 1, 2, 3) counted
    GROUP BY move_id`
  const byMove = new Map(found.map((row) => [row.move_id, row]))
  return rows.map((row) => {
    const { id, kind, fromBranch, toBranch, actorName, reason, undoesId } = row
    const { sources = [], packages = 0 } = byMove.get(id) ?? {}
    return {
      ...{ id, repository: row.repository.name, kind, fromBranch, toBranch, actorName, reason, undoesId },
      ...{ at: row.at.toISOString(), undoneById: row.undoneBy?.id ?? null, sources, packages },
    }
  })
}

/** One move with each package of it; of an immense one the first 5,000. */
export async function presentMove(db: Db | Tx, id: string): Promise<MoveDetail | undefined> {
  const row = await db.aptMove.findUnique({ where: { id }, include: moveRelations })
  if (row === null) return undefined
  const [summary] = await presentMoves(db, [row])
  const items = await db.$queryRaw<ItemRow[]>`
    SELECT k.id::text AS id, k.type::text AS type, k.name, k.version, k.architecture, k.source_name AS source,
      k.source_version AS "sourceVersion", i.from_branch AS "fromBranch", i.to_branch AS "toBranch"
    FROM apt_move_items i JOIN apt_packages k ON k.id = i.package_id WHERE i.move_id = ${id}::uuid
    ORDER BY k.source_name, k.source_version, k.type = 'source', k.name, k.architecture LIMIT ${MAX_ITEMS}`
  return { ...(summary as MoveSummary), items, requestId: row.request?.id ?? null }
}
