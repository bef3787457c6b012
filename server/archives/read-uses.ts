import { firstDay } from '@/server/archives/present-archive'
import type { ArchiveUses } from '@/server/archives/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

interface ClientRow {
  client: string
  user_agent: string
  downloads: bigint
  bytes: bigint
  last_path: string
  last_at: Date
}

interface DayRow {
  day: string
  downloads: bigint
  bytes: bigint
}

const DAYS = 90
const MAX_CLIENTS = 500

/**
 * Who still uses an archive, the last to come first, and how much on each of the last 90 days.
 * @throws AppError `not_found`.
 */
export async function readUses(ctx: Context, actor: Actor, { name }: { name: string }): Promise<ArchiveUses> {
  authorise(actor, 'archive.read')
  const archive = await ctx.db.archive.findUnique({ where: { name }, select: { id: true } })
  if (archive === null) throw new AppError('not_found', `There is no archive “${name}”.`)
  const since = firstDay(ctx.now(), DAYS)
  const clients = await ctx.db.$queryRaw<ClientRow[]>`
    SELECT client, user_agent, sum(downloads)::bigint AS downloads, sum(bytes)::bigint AS bytes,
      (array_agg(last_path ORDER BY last_at DESC))[1] AS last_path, max(last_at) AS last_at
    FROM archive_uses WHERE archive_id = ${archive.id}::uuid AND day >= ${since}::date
    GROUP BY client, user_agent ORDER BY max(last_at) DESC, client, user_agent LIMIT ${MAX_CLIENTS}`
  const days = await ctx.db.$queryRaw<DayRow[]>`
    SELECT day::text AS day, sum(downloads)::bigint AS downloads, sum(bytes)::bigint AS bytes
    FROM archive_uses WHERE archive_id = ${archive.id}::uuid AND day >= ${since}::date GROUP BY day ORDER BY day`
  return {
    items: clients.map((row) => ({
      ...{ client: row.client, userAgent: row.user_agent, lastPath: row.last_path },
      ...{ downloads: Number(row.downloads), bytes: Number(row.bytes), lastAt: row.last_at.toISOString() },
    })),
    days: days.map(({ day, downloads, bytes }) => ({
      ...{ day, downloads: Number(downloads), bytes: Number(bytes) },
    })),
  }
}
