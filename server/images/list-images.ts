import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { idOfCursor, pageOf } from '@/server/http/cursor'
import { presentFacts } from '@/server/images/get-image'
import { parseRegistry } from '@/server/images/image-name'
import type { ImageQuery, ImageSummary } from '@/server/images/schema'
import { stateOf } from '@/server/mirror/file-filter'

const { sql, empty } = Prisma

type ImageRow = Parameters<typeof presentFacts>[0] &
  Pick<ImageSummary, 'teams' | 'reason' | 'licence' | 'activeUses'>

/** Images, newest first; `q` is any part of `registry/repository@digest`. @throws AppError `invalid`. */
export async function listImages(ctx: Context, actor: Actor, query: ImageQuery) {
  authorise(actor, 'image.read')
  const { limit, cursor, team } = query
  const before = idOfCursor(cursor)
  // The team that is asked for tells its own reason; else the oldest active use does.
  const foremost = team === undefined ? empty : sql`t.slug <> ${team}, `
  const rows = await ctx.db.$queryRaw<ImageRow[]>`
    SELECT i.id, i.registry, i.repository, i.digest, i.platforms, i.resolved_tag AS "resolvedTag", i.state::text AS state,
      i.media_type AS "mediaType", i.size, i.parts_done AS "partsDone", i.parts_total AS "partsTotal", i.error,
      i.created_at AS "createdAt", i.stored_at AS "storedAt", u.*
    FROM images i CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(DISTINCT t.slug) FILTER (WHERE u.retired_at IS NULL), '{}') AS teams,
        (array_agg(u.reason ORDER BY u.retired_at IS NOT NULL, ${foremost} u.id))[1] AS reason,
        (array_agg(u.licence ORDER BY u.retired_at IS NOT NULL, ${foremost} u.id))[1] AS licence,
        count(*) FILTER (WHERE u.retired_at IS NULL)::int AS "activeUses"
      FROM uses u JOIN teams t ON t.id = u.team_id WHERE u.image_id = i.id) u
    WHERE ${wanted(query)} ${before === undefined ? empty : sql`AND i.id < ${before}::uuid`}
    ORDER BY i.id DESC LIMIT ${limit + 1}`
  return pageOf(rows, limit, { key: (row) => [row.id], item: presentImage })
}

/** On a row `i` of `images`. A stored image without an active use is retired. */
function wanted({ q, state, registry, team }: ImageQuery): Prisma.Sql {
  const conditions = [sql`true`]
  const isUsed = sql`EXISTS (SELECT FROM uses WHERE image_id = i.id AND retired_at IS NULL)`
  if (q) {
    const pattern = `%${q
      .toLowerCase()
      .replace(/^(docker|https?):\/\//, '')
      .replace(/[\\%_]/g, '\\$&')}%`
    conditions.push(sql`lower(i.registry || '/' || i.repository || '@' || i.digest) LIKE ${pattern}`)
  }
  if (state === 'retired') conditions.push(sql`i.state = 'stored' AND NOT ${isUsed}`)
  else if (state === 'stored') conditions.push(sql`i.state = 'stored' AND ${isUsed}`)
  else if (state !== undefined) conditions.push(sql`i.state = ${state}::image_state`)
  if (registry) conditions.push(sql`i.registry = ${parseRegistry(registry)}`)
  if (team !== undefined) {
    const standing = state === 'retired' ? sql`IS NOT NULL` : sql`IS NULL`
    conditions.push(sql`EXISTS (SELECT FROM uses WHERE image_id = i.id AND retired_at ${standing}
      AND team_id = (SELECT id FROM teams WHERE slug = ${team}))`)
  }
  return Prisma.join(conditions, ' AND ')
}

function presentImage(row: ImageRow): ImageSummary {
  const { teams, reason, licence, activeUses } = row
  return { ...presentFacts(row), state: stateOf(row, activeUses), teams, reason, licence, activeUses }
}
