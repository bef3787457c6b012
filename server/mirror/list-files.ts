import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { idOfCursor, pageOf } from '@/server/http/cursor'
import { searchIds } from '@/server/mirror/build-search'
import { choosePlan } from '@/server/mirror/choose-plan'
import { type FileFilter, parseFilter, stateOf } from '@/server/mirror/file-filter'
import type { FileQuery, FileSummary } from '@/server/mirror/schema'
import type { SearchPlan } from '@/server/mirror/search-plan'

/** Files, newest first. `q` is any part of a URI, or the first six or more digits of a SHA-256. */
export async function listFiles(ctx: Context, actor: Actor, query: FileQuery) {
  authorise(actor, 'file.read')
  const filter = parseFilter(query, idOfCursor(query.cursor))
  const plan = await choosePlan(ctx, filter, query.limit + 1)
  const rows = await readFiles(ctx, filter, { plan, limit: query.limit + 1 })
  return pageOf(rows, query.limit, { key: (row) => [row.id], item: presentFile })
}

interface FileRow extends Omit<FileSummary, 'state' | 'size' | 'createdAt' | 'storedAt'> {
  state: 'pending' | 'fetching' | 'stored' | 'failed'
  size: bigint | null
  createdAt: Date
  storedAt: Date | null
}

/** The files that pass, newest first, whichever plan is followed. */
function readFiles(
  ctx: Context,
  filter: FileFilter,
  { plan, limit }: { plan: SearchPlan; limit: number },
): Promise<FileRow[]> {
  // The team that is asked for tells its own reason; else the oldest active use does.
  const foremost = filter.team === undefined ? Prisma.empty : Prisma.sql`t.slug <> ${filter.team}, `
  return ctx.db.$queryRaw<FileRow[]>`
    WITH page AS MATERIALIZED (${searchIds(filter, plan, limit)})
    SELECT f.id, f.uri, f.host, f.state::text AS state, f.origin::text AS origin, f.sha256, f.size, f.error,
      f.created_at AS "createdAt", f.stored_at AS "storedAt", u.*
    FROM page JOIN files f ON f.id = page.id CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(DISTINCT t.slug) FILTER (WHERE u.retired_at IS NULL), '{}') AS teams,
        (array_agg(u.reason ORDER BY u.retired_at IS NOT NULL, ${foremost} u.id))[1] AS reason,
        (array_agg(u.licence ORDER BY u.retired_at IS NOT NULL, ${foremost} u.id))[1] AS licence,
        count(*) FILTER (WHERE u.retired_at IS NULL)::int AS "activeUses"
      FROM uses u JOIN teams t ON t.id = u.team_id WHERE u.file_id = f.id) u
    ORDER BY f.id DESC`
}

function presentFile(row: FileRow): FileSummary {
  return {
    ...row,
    state: stateOf(row, row.activeUses),
    size: row.size === null ? null : Number(row.size),
    createdAt: row.createdAt.toISOString(),
    storedAt: row.storedAt?.toISOString() ?? null,
  }
}
