import type { BoardQuery } from '@/server/apt/packages/schema'
import type { Context } from '@/server/context'

export interface CardRow {
  source: string
  version: string
  component: string
  architectures: string[]
  /** A bigint, as the driver gives it. */
  binaries: string
  has_source: boolean
  summary: string
  placed_at: Date
}

interface GroupRow {
  source_name: string
  source_version: string
  total: string
}

/**
 * The source versions of a branch that came last, and how many there are. Without a filter the newest are found by walking an
 * index, a step for each; the whole is counted from another one.
 */
export async function readCards(
  ctx: Context,
  branchId: string,
  query: BoardQuery,
): Promise<{ total: number; cards: CardRow[] }> {
  const isFiltered = Boolean(query.q || query.component)
  const groups = await (isFiltered
    ? findMatching(ctx, branchId, query)
    : findNewest(ctx, branchId, query.limit))
  const { rows } = await ctx.pool.query<CardRow>({
    name: 'apt-board-cards',
    text: `
      SELECT p.source_name AS source, p.source_version AS version, max(p.placed_at) AS placed_at,
        (array_agg(k.component ORDER BY k.type = 'source' DESC, k.name))[1] AS component,
        array_agg(DISTINCT k.architecture ORDER BY k.architecture) FILTER (WHERE k.type <> 'source') AS architectures,
        count(*) FILTER (WHERE k.type <> 'source') AS binaries, bool_or(k.type = 'source') AS has_source,
        (array_agg(k.summary ORDER BY k.type = 'source', k.name <> k.source_name, k.name))[1] AS summary
      FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS wanted (source, version, place)
      JOIN apt_placements p ON p.branch_id = $1::uuid AND p.source_name = wanted.source COLLATE "C"
        AND p.source_version = wanted.version COLLATE "C"
      JOIN apt_packages k ON k.id = p.package_id
      GROUP BY wanted.place, p.source_name, p.source_version ORDER BY wanted.place`,
    values: [
      branchId,
      groups.map(({ source_name }) => source_name),
      groups.map(({ source_version }) => source_version),
    ],
  })
  const cards = rows.map((row) => ({ ...row, architectures: row.architectures ?? [] }))
  return { total: Number(groups[0]?.total ?? 0), cards }
}

/** The newest of the branch; each step looks for what comes after the one before, in the same moment or earlier. */
async function findNewest({ pool }: Context, branchId: string, limit: number): Promise<GroupRow[]> {
  const { rows } = await pool.query<GroupRow>({
    name: 'apt-board-newest',
    text: `
      WITH RECURSIVE walk AS (
        (SELECT placed_at, source_name, source_version, 1 AS step FROM apt_placements WHERE branch_id = $1::uuid
         ORDER BY placed_at DESC, source_name, source_version LIMIT 1)
        UNION ALL
        SELECT next.placed_at, next.source_name, next.source_version, walk.step + 1
        FROM walk CROSS JOIN LATERAL (
          SELECT * FROM (
            (SELECT 0 AS turn, placed_at, source_name, source_version FROM apt_placements
             WHERE branch_id = $1::uuid AND placed_at = walk.placed_at
               AND (source_name, source_version) > (walk.source_name, walk.source_version)
             ORDER BY source_name, source_version LIMIT 1)
            UNION ALL
            (SELECT 1, placed_at, source_name, source_version FROM apt_placements
             WHERE branch_id = $1::uuid AND placed_at < walk.placed_at
             ORDER BY placed_at DESC, source_name, source_version LIMIT 1)) AS either
          ORDER BY turn LIMIT 1) AS next
        -- What got further packages later is met again: the rest of the steps make up for that.
        WHERE walk.step < 4 * $2::int
      ), newest AS (
        SELECT source_name, source_version, min(step) AS step FROM walk
        GROUP BY source_name, source_version ORDER BY min(step) LIMIT $2)
      SELECT source_name, source_version, (
        SELECT count(*) FROM (
          SELECT DISTINCT source_name, source_version FROM apt_placements WHERE branch_id = $1::uuid) AS every) AS total
      FROM newest ORDER BY step`,
    values: [branchId, limit],
  })
  return rows
}

/** The newest of those whose source, or one of whose packages, has this in its name, or that are in this component. */
async function findMatching(
  { pool }: Context,
  branchId: string,
  { q, component, limit }: BoardQuery,
): Promise<GroupRow[]> {
  const values: unknown[] = [branchId, limit]
  const conditions: string[] = []
  if (q) {
    const place = `$${values.push(q.toLowerCase())}`
    conditions.push(`(strpos(name, ${place}) > 0 OR strpos(source_name, ${place}) > 0)`)
  }
  // A range, as the index has the lists of a component side by side; “0” follows “/”.
  if (component) {
    conditions.push(`list >= $${values.push(`${component}/`)} AND list < $${values.push(`${component}0`)}`)
  }
  const { rows } = await pool.query<GroupRow>({
    text: `
      SELECT source_name, source_version, count(*) OVER () AS total FROM apt_placements
      WHERE ${['branch_id = $1::uuid', ...conditions].join(' AND ')}
      GROUP BY source_name, source_version ORDER BY max(placed_at) DESC, source_name, source_version LIMIT $2`,
    values,
  })
  return rows
}
