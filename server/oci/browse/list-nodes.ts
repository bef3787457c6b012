import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { decodeCursor } from '@/server/http/cursor'
import { type RegistryView, readablePage, viewOf } from '@/server/oci/browse/view'
import type { NodeQuery, RegistryNode } from '@/server/oci/schema'

/** Repositories below a step that are counted. */
const MAX_COUNTED = 1000
/** Repositories below a closed step that are tried, to see whether one of them is open. */
const MAX_TRIED = 200

/** Greater than all that can be below a step. */
const BELOW_ALL = `/${String.fromCodePoint(0x10ffff)}`

const { sql } = Prisma

interface ChildRow {
  /** Where the list goes on after this child. */
  position: string
  path: string
  isRepository: boolean
  hasChildren: boolean
  hasRules: boolean
  repositories: number
}

/**
 * The steps of a cluster's tree directly below a node, by name: repositories, and nodes above repositories or with rules. A
 * step is listed when the person may read it, or a repository below it.
 * @throws AppError `not_found` for an unknown cluster, `invalid`.
 */
export async function listNodes(
  ctx: Context,
  actor: Actor,
  { cluster, path, limit, cursor }: NodeQuery & { cluster: string },
): Promise<{ items: RegistryNode[]; nextCursor: string | null }> {
  const view = viewOf(ctx, actor, cluster)
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0]
  const { rows, nextCursor } = await readablePage(
    { limit, after },
    (last, take) => readChildren(ctx, { cluster, path, after: last, take }),
    { key: ({ position }) => position, readable: (children) => openOnes(ctx, view, children) },
  )
  const items = rows.map(({ position: _, ...row }) => ({ ...row, id: row.path, name: nameOf(row.path) }))
  return { items, nextCursor }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * Children by leaps through the indexes, so that the cost follows the number of children and not that of repositories. All is
 * compared byte by byte (collation "C"): what is below `a` comes after `a-b`, so a step that is a repository with others below
 * it is met twice, and told only where it is met first.
 * @param after position of the last child that is known.
 */
function readChildren(
  ctx: Context,
  { cluster, path, after, take }: { cluster: string; path: string; after: string | undefined; take: number },
): Promise<ChildRow[]> {
  const below = path === '' ? '' : `${path}/`
  const start = sql`${after ?? below}::text`
  const position = sql`CASE WHEN strpos(substr(met, ${below.length + 1}::int), '/') = 0 THEN met
    ELSE ${below}::text || split_part(substr(met, ${below.length + 1}::int), '/', 1) || ${BELOW_ALL}::text END`
  const end = path === '' ? sql`true` : sql`name < ${`${path}0`}::text`
  const next = (bound: Prisma.Sql) => sql`
    SELECT min(name) FROM (
      (SELECT name FROM repositories WHERE cluster = ${cluster} AND name > ${bound} ORDER BY name LIMIT 1) UNION ALL
      (SELECT path FROM nodes WHERE cluster = ${cluster} AND path > ${bound} ORDER BY path LIMIT 1)) AS nearest(name)
    WHERE ${end}`
  return ctx.db.$queryRaw<ChildRow[]>`
    WITH RECURSIVE leaps(met, leap) AS (
      SELECT (${next(start)}), 1
      UNION ALL
      SELECT (${next(position)}), leap + 1 FROM leaps WHERE met IS NOT NULL AND leap < ${2 * take + 2}::int),
    met AS (
      SELECT ${position} AS position,
        ${below}::text || split_part(substr(met, ${below.length + 1}::int), '/', 1) AS path, met
      FROM leaps WHERE met IS NOT NULL),
    children AS (
      SELECT position, path COLLATE "C" AS path FROM met WHERE met = path OR NOT EXISTS (
        SELECT FROM repositories r WHERE r.cluster = ${cluster} AND r.name = met.path
        UNION ALL SELECT FROM nodes n WHERE n.cluster = ${cluster} AND n.path = met.path)
      ORDER BY met.met COLLATE "C" LIMIT ${take}::int)
    SELECT position, path,
      EXISTS (SELECT FROM repositories r WHERE r.cluster = ${cluster} AND r.name = children.path) AS "isRepository",
      EXISTS (SELECT FROM repositories r WHERE r.cluster = ${cluster} AND r.name > children.path || '/' AND r.name < children.path || '0')
        OR EXISTS (SELECT FROM nodes n WHERE n.cluster = ${cluster} AND n.path > children.path || '/' AND n.path < children.path || '0')
        AS "hasChildren",
      EXISTS (SELECT FROM nodes n JOIN node_rules rule ON rule.node_id = n.id
        WHERE n.cluster = ${cluster} AND n.path = children.path) AS "hasRules",
      (SELECT count(*)::int FROM (SELECT FROM repositories r WHERE r.cluster = ${cluster} AND r.name >= children.path
        AND r.name < children.path || '0' AND (r.name = children.path OR r.name > children.path || '/') LIMIT ${MAX_COUNTED}) AS counted) AS repositories
    FROM children ORDER BY position COLLATE "C"`
}

/** Those of the steps that the person may read themselves, or a repository below them. */
async function openOnes(ctx: Context, view: RegistryView, children: ChildRow[]): Promise<ChildRow[]> {
  const readable = await view.readable(children.map(({ path }) => path))
  const open: ChildRow[] = []
  for (const child of children) {
    if (readable.has(child.path) || (child.hasChildren && (await isOpenBelow(ctx, view, child.path))))
      open.push(child)
  }
  return open
}

async function isOpenBelow(
  ctx: Context,
  { cluster, readable }: RegistryView,
  path: string,
): Promise<boolean> {
  const below = await ctx.db.repository.findMany({
    where: { cluster: cluster.name, name: { gt: `${path}/`, lt: `${path}0` } },
    orderBy: { name: 'asc' },
    take: MAX_TRIED,
    select: { name: true },
  })
  return (await readable(below.map(({ name }) => name))).size > 0
}
