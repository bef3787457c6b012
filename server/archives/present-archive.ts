import type { Archive as ArchiveRow } from '@/prisma/client/client'
import type { Archive } from '@/server/archives/schema'
import type { Context } from '@/server/context'
import type { Db, Tx } from '@/server/db'
import { publicUrl } from '@/server/env'

interface UseRow {
  archive_id: string
  downloads: bigint
  bytes: bigint
  last_at: Date | null
}

const DAY_MS = 86_400_000
/** Of the figures beside an archive. */
const RECENT_DAYS = 30

/** Whether the day has come from which an archive answers no more. */
export function isGone({ goneFrom }: Pick<ArchiveRow, 'goneFrom'>, now: Date): boolean {
  return goneFrom !== null && goneFrom <= now
}

/** The first of so many days, today the last of them, as the database has days. */
export function firstDay(now: Date, days: number): Date {
  const today = now.getTime() - (now.getTime() % DAY_MS)
  return new Date(today - (days - 1) * DAY_MS)
}

/** Archives as people see them, with how much they are used. */
export async function presentArchives(
  ctx: Context,
  db: Db | Tx,
  rows: readonly ArchiveRow[],
): Promise<Archive[]> {
  const since = firstDay(ctx.now(), RECENT_DAYS)
  const uses = await db.$queryRaw<UseRow[]>`
    SELECT archive_id, coalesce(sum(downloads) FILTER (WHERE day >= ${since}::date), 0)::bigint AS downloads,
      coalesce(sum(bytes) FILTER (WHERE day >= ${since}::date), 0)::bigint AS bytes, max(last_at) AS last_at
    FROM archive_uses WHERE archive_id = ANY(${rows.map(({ id }) => id)}::uuid[]) GROUP BY archive_id`
  const byArchive = new Map(uses.map((use) => [use.archive_id, use]))
  return rows.map((row) => {
    const { id, name, kind, location, description, pointer } = row
    const use = byArchive.get(id)
    return {
      ...{ id, name, kind, location, description, pointer },
      url: `${publicUrl(ctx.env)}/archive/${name}/`,
      goneFrom: row.goneFrom?.toISOString().slice(0, 10) ?? null,
      gone: isGone(row, ctx.now()),
      downloads: Number(use?.downloads ?? 0),
      bytes: Number(use?.bytes ?? 0),
      lastUsedAt: use?.last_at?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
    }
  })
}
