import { type Actor, authorise, refusal } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { remember } from '@/server/database/remember'
import { presentDay } from '@/server/mirror/read-downloads'
import type { Overview } from '@/server/mirror/schema'

const DAYS = 30
const FAILURES = 6

/** With fewer files, counting takes no time. */
const MANY = 50_000
const KEPT_AT_MOST = 30_000

/**
 * What an operator wants to see first. All counts are exact; with so many files that counting takes its time, they are
 * some seconds old: counting takes no more than a fiftieth of the time, however many look.
 */
export async function readOverview(ctx: Context, actor: Actor): Promise<Overview> {
  authorise(actor, 'overview.read')
  const [counted, waitingApprovals] = await Promise.all([count(ctx), countApprovals(ctx, actor)])
  return { ...counted, waitingApprovals }
}

type Counted = Omit<Overview, 'waitingApprovals'>

const count = remember(countAll, (took, { files }) => {
  const total = files.pending + files.fetching + files.stored + files.failed
  return total < MANY ? 0 : Math.min(KEPT_AT_MOST, took * 50)
})

/** Moves of Debian packages that this person may approve: whoever asked for one may not. */
async function countApprovals(ctx: Context, actor: Actor): Promise<number> {
  if (actor.userId === null || refusal(actor, 'apt.approve') !== undefined) return 0
  const rows = await ctx.db.$queryRaw<{ team: string | null; count: bigint }[]>`
    SELECT t.slug AS team, sum(waiting.count)::bigint AS count
    FROM apt_repositories r LEFT JOIN teams t ON t.id = r.team_id CROSS JOIN LATERAL (
      SELECT count(*) AS count FROM apt_move_requests q
      WHERE q.repository_id = r.id AND q.state = 'waiting' AND q.expires_at > ${ctx.now()}::timestamptz
        AND q.requester_id IS DISTINCT FROM ${actor.userId}::uuid) AS waiting
    GROUP BY t.slug`
  const own = rows.filter(
    ({ team }) => refusal(actor, 'apt.approve', team === null ? {} : { team }) === undefined,
  )
  return own.reduce((sum, row) => sum + Number(row.count), 0)
}

async function countAll(ctx: Context): Promise<Counted> {
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

function byState(counts: readonly StateCount[]): Overview['files'] {
  const inState = (state: string) => Number(counts.find((row) => row.state === state)?.count ?? 0)
  return {
    pending: inState('pending'),
    fetching: inState('fetching'),
    stored: inState('stored'),
    failed: inState('failed'),
  }
}
