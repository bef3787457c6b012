import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { remember } from '@/server/database/remember'
import { presentDay } from '@/server/mirror/read-downloads'
import type { MirrorOverview } from '@/server/mirror/schema'

const DAYS = 30
const FAILURES = 6

/** With fewer files, counting takes no time. */
const MANY = 50_000
const KEPT_AT_MOST = 30_000

/**
 * What is mirrored and fetched, as an operator wants to see it first. All counts are exact; with so many files that counting takes
 * its time, they are some seconds old: counting takes no more than a fiftieth of the time, however many look.
 */
export async function readMirrorOverview(ctx: Context, actor: Actor): Promise<MirrorOverview> {
  authorise(actor, 'overview.read')
  return count(ctx)
}

const count = remember(countAll, (took, { files }) => {
  const total = files.pending + files.fetching + files.stored + files.failed
  return total < MANY ? 0 : Math.min(KEPT_AT_MOST, took * 50)
})

async function countAll(ctx: Context): Promise<MirrorOverview> {
  const today = ctx.now()
  const [files, images, [totals], days, recentFailures] = await Promise.all([
    ctx.db.$queryRaw<StateCount[]>`SELECT state::text AS state, count(*) AS count FROM files GROUP BY state`,
    ctx.db.$queryRaw<StateCount[]>`SELECT state::text AS state, count(*) AS count FROM images GROUP BY state`,
    ctx.db.$queryRaw<{ bytes: bigint; uses: bigint; misses: bigint; tasks: bigint }[]>`
      SELECT (SELECT coalesce(sum(size), 0)::bigint FROM blobs) AS bytes,
        (SELECT count(*) FROM uses WHERE retired_at IS NULL) AS uses,
        (SELECT count(*) FROM misses WHERE state = 'open') AS misses,
        (SELECT count(*) FROM tasks WHERE state = 'running') AS tasks`,
    ctx.db.$queryRaw<{ day: Date; count: bigint; bytes: bigint }[]>`
      SELECT day, coalesce(sum(d.count), 0)::bigint AS count, coalesce(sum(d.bytes), 0)::bigint AS bytes
      FROM (SELECT (${today}::timestamptz AT TIME ZONE 'UTC')::date - back AS day
            FROM generate_series(0, ${DAYS}::int - 1) AS back) AS calendar
      LEFT JOIN download_days d USING (day) GROUP BY day ORDER BY day`,
    ctx.db.file.findMany({
      where: { state: 'failed' },
      orderBy: { id: 'desc' },
      take: FAILURES,
      select: { id: true, uri: true, error: true },
    }),
  ])
  return {
    files: byState(files),
    images: byState(images),
    bytes: Number(totals?.bytes ?? 0),
    uses: Number(totals?.uses ?? 0),
    openMisses: Number(totals?.misses ?? 0),
    runningTasks: Number(totals?.tasks ?? 0),
    downloads: days.map(presentDay),
    recentFailures: recentFailures.map(({ id, uri, error }) => ({ id, uri, error: error ?? '' })),
  }
}

interface StateCount {
  state: string
  count: bigint
}

function byState(counts: readonly StateCount[]): MirrorOverview['files'] {
  const inState = (state: string) => Number(counts.find((row) => row.state === state)?.count ?? 0)
  return {
    pending: inState('pending'),
    fetching: inState('fetching'),
    stored: inState('stored'),
    failed: inState('failed'),
  }
}
