import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import type { Downloads } from '@/server/mirror/schema'

interface DayRow {
  day: Date
  count: bigint
  bytes: bigint
}

/**
 * Downloads of one file: a point for each of the last days, also the quiet ones, and all there ever were, by team.
 * @throws AppError `not_found`.
 */
export async function readDownloads(ctx: Context, actor: Actor, query: DownloadQuery): Promise<Downloads> {
  authorise(actor, 'file.read')
  if ((await ctx.db.file.count({ where: { id: query.id } })) === 0)
    throw new AppError('not_found', 'There is no such file.')
  return downloadsIn(
    ctx,
    Prisma.sql`SELECT * FROM download_days WHERE file_id = ${query.id}::uuid`,
    query.days,
  )
}

interface DownloadQuery {
  id: string
  days: number
}

/**
 * The downloads that some rows count.
 * @param counted selects the rows: day, team_id, count, bytes.
 * @param days how many there is a point for.
 */
export async function downloadsIn(ctx: Context, counted: Prisma.Sql, days: number): Promise<Downloads> {
  const today = ctx.now()
  const [points, teams, [all]] = await Promise.all([
    ctx.db.$queryRaw<DayRow[]>`
      SELECT day, coalesce(sum(d.count), 0)::bigint AS count, coalesce(sum(d.bytes), 0)::bigint AS bytes
      FROM (SELECT (${today}::timestamptz AT TIME ZONE 'UTC')::date - back AS day
            FROM generate_series(0, ${days}::int - 1) AS back) AS calendar
      LEFT JOIN (${counted}) d USING (day)
      GROUP BY day ORDER BY day`,
    ctx.db.$queryRaw<{ team: string | null; count: bigint; bytes: bigint }[]>`
      SELECT t.slug AS team, sum(d.count)::bigint AS count, sum(d.bytes)::bigint AS bytes
      FROM (${counted}) d LEFT JOIN teams t ON t.id = d.team_id GROUP BY t.slug ORDER BY count DESC`,
    ctx.db.$queryRaw<{ total: bigint | null; last: Date | null }[]>`
      SELECT sum(count)::bigint AS total, max(day) AS last FROM (${counted}) d`,
  ])
  return {
    days: points.map(presentDay),
    teams: teams.map(({ team, count, bytes }) => ({ team, count: Number(count), bytes: Number(bytes) })),
    total: Number(all?.total ?? 0),
    lastDay: all?.last ? isoDay(all.last) : null,
  }
}

/** A day as charts take it. */
export function presentDay({ day, count, bytes }: DayRow) {
  return { day: isoDay(day), count: Number(count), bytes: Number(bytes) }
}

const isoDay = (day: Date) => day.toISOString().slice(0, 10)
