import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import type { Line } from '@/server/mirror/read-lines'

/** Misses of these URLs are answered by their declaration, dismissed ones as well. In one order, as those who record them. */
export async function answerMisses(
  tx: Tx,
  ctx: Context,
  actor: Actor,
  lines: readonly Line[],
): Promise<void> {
  await tx.$executeRaw`
    WITH asked AS MATERIALIZED (
      SELECT id, url FROM misses WHERE url = ANY (${lines.map(({ uri }) => uri)}) AND state <> 'declared'
      ORDER BY url FOR UPDATE)
    UPDATE misses SET state = 'declared', file_id = (SELECT id FROM files WHERE uri = asked.url),
      decided_at = ${ctx.now()}, decided_by_id = ${actor.userId}::uuid
    FROM asked WHERE misses.id = asked.id`
}
