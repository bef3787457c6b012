import type { Context } from '@/server/context'
import { remember } from '@/server/database/remember'
import type { FilteredFile } from '@/server/mirror/file-filter'
import type { FileSample } from '@/server/mirror/search-plan'

/** Below this size of the table of URIs (some 25,000 files) any search is quick. */
const SMALL_PAGES = 400
/** Files declared together lie together, so few are taken of each of many pages. */
const SAMPLED_PAGES = 1000
const SAMPLED_FILES = 8000
const FILES_A_PAGE = 60
const FRESH_MS = 60_000

/**
 * Some 8,000 files drawn at random, for choosing how to search and for estimates; undefined while there are few files.
 * Drawn once a minute at most; while a new one is drawn, the last one serves.
 */
export const sampleFiles: (ctx: Context) => Promise<FileSample | undefined> = remember(draw, () => FRESH_MS)

async function draw(ctx: Context): Promise<FileSample | undefined> {
  const [size] = await ctx.db.$queryRaw<{ pages: number }[]>`
    SELECT (pg_relation_size('file_search') / current_setting('block_size')::int)::int AS pages`
  const pages = size?.pages ?? 0
  if (pages < SMALL_PAGES) return undefined
  const pagesTaken = Math.min(1, SAMPLED_PAGES / pages)
  const filesTaken = Math.min(1, SAMPLED_FILES / (pages * pagesTaken * FILES_A_PAGE))
  const files = await ctx.db.$queryRaw<FilteredFile[]>`
    SELECT s.id, s.text, f.host, f.state::text AS state, u.uses
    FROM (
      SELECT id, uri AS text FROM file_search TABLESAMPLE SYSTEM (${100 * pagesTaken})
      WHERE random() < ${filesTaken} OFFSET 0) s
    JOIN files f ON f.id = s.id CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'team', t.slug, 'licence', u.licence, 'isActive', u.retired_at IS NULL)), '[]') AS uses
      FROM uses u JOIN teams t ON t.id = u.team_id WHERE u.file_id = s.id) u
    ORDER BY s.id DESC`
  return { files, share: 1 / (pagesTaken * filesTaken) }
}
