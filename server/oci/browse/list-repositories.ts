import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { decodeCursor } from '@/server/http/cursor'
import { readablePage, viewOf } from '@/server/oci/browse/view'
import type { RepositoryQuery, RepositorySummary } from '@/server/oci/schema'

/** Tags of a repository that are counted. */
const MAX_COUNTED = 10_000

const { sql } = Prisma

interface RepositoryRow extends Omit<RepositorySummary, 'createdAt'> {
  createdAt: Date
}

/**
 * Repositories of a cluster that the person may read, by name. `q` is any part of a name.
 * @throws AppError `not_found` for an unknown cluster, `invalid`.
 */
export async function listRepositories(
  ctx: Context,
  actor: Actor,
  { cluster, q, path, limit, cursor }: RepositoryQuery & { cluster: string },
): Promise<{ items: RepositorySummary[]; nextCursor: string | null }> {
  const view = viewOf(ctx, actor, cluster)
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0]
  const within = conditionsOf({ cluster, q, path })
  const { rows, nextCursor } = await readablePage(
    { limit, after },
    (last, take) =>
      readRepositories(ctx, last === undefined ? within : sql`${within} AND name > ${last}`, take),
    {
      key: ({ name }) => name,
      async readable(found) {
        const open = await view.readable(found.map(({ name }) => name))
        return found.filter(({ name }) => open.has(name))
      },
    },
  )
  return { items: rows.map(presentRepository), nextCursor }
}

function conditionsOf({ cluster, q, path }: { cluster: string; q?: string; path?: string }): Prisma.Sql {
  const searched = q
    ? sql`AND lower(name) LIKE ${`%${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`}`
    : Prisma.empty
  const below = path
    ? sql`AND name >= ${path} AND name < ${`${path}0`} AND (name = ${path} OR name > ${`${path}/`})`
    : Prisma.empty
  return sql`cluster = ${cluster} ${below} ${searched}`
}

function readRepositories(ctx: Context, condition: Prisma.Sql, take: number): Promise<RepositoryRow[]> {
  return ctx.db.$queryRaw<RepositoryRow[]>`
    WITH page AS MATERIALIZED (
      SELECT id, cluster, name, immutable_tags, created_at FROM repositories
      WHERE ${condition} ORDER BY name LIMIT ${take})
    SELECT id, cluster, name, immutable_tags AS "immutableTags", created_at AS "createdAt",
      (SELECT count(*)::int FROM (SELECT FROM tags t WHERE t.repository_id = page.id LIMIT ${MAX_COUNTED}) AS counted) AS tags
    FROM page ORDER BY name`
}

function presentRepository(row: RepositoryRow): RepositorySummary {
  return { ...row, createdAt: row.createdAt.toISOString() }
}
