import { type Actor, refusal } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

/** Moves that this person may approve, in all repositories: whoever asked for one may not. Nobody is refused an answer. */
export async function countApprovals(ctx: Context, actor: Actor): Promise<number> {
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
