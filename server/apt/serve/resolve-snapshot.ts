import { snapshotIdOf, snapshotMoment } from '@/server/apt/serve/apt-path'
import type { Context } from '@/server/context'

/** What a snapshot's name means: a publication, the name of an earlier snapshot, or nothing yet. */
export type ResolvedSnapshot =
  | { state: 'exact'; publication: string }
  | { state: 'earlier'; snapshotId: string }
  | { state: 'none' }

interface Row {
  id: string
  at: Date
}

/** A change holds its branch for this long at most before it is there to be seen, or gone. */
const UNSETTLED_MS = 120_000

/**
 * What a branch showed at a moment. A name is good for ever once it was answered: it means the last publication up to its
 * second, and one that is still under way is waited for.
 */
export async function resolveSnapshot(
  { pool, now }: Context,
  branchId: string,
  snapshotId: string,
): Promise<ResolvedSnapshot> {
  const moment = snapshotMoment(snapshotId)
  if (moment === undefined) return { state: 'none' }
  if (now().getTime() - moment.getTime() < UNSETTLED_MS) {
    // Waits for whoever changes the branch: what it publishes may be of this second.
    await pool.query('SELECT id FROM apt_branches WHERE id = $1 FOR SHARE', [branchId])
  }
  const { rows } = await pool.query<Row>(
    `SELECT id, at FROM apt_publications
     WHERE branch_id = $1 AND at <= least($2::timestamptz, date_trunc('second', clock_timestamp()))
     ORDER BY at DESC LIMIT 1`,
    [branchId, moment],
  )
  const [found] = rows
  if (found === undefined) return { state: 'none' }
  const earlier = snapshotIdOf(found.at)
  return earlier === snapshotId
    ? { state: 'exact', publication: found.id }
    : { state: 'earlier', snapshotId: earlier }
}
