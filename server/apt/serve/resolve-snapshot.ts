import { setTimeout as pause } from 'node:timers/promises'
import { CHANGE_TIMEOUT_MS } from '@/server/apt/publish/change-branches'
import { snapshotIdOf, snapshotMoment } from '@/server/apt/serve/apt-path'
import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import { AppError } from '@/server/errors'

/** What a snapshot's name means: a publication, the name of an earlier snapshot, or nothing yet. */
export type ResolvedSnapshot =
  | { state: 'exact'; publication: string }
  | { state: 'earlier'; snapshotId: string }
  | { state: 'none' }

interface Row {
  id: string
  at: Date
}

interface Look {
  /** Up to this second everything that was published is there to be seen; null while a change is under way. */
  settledAt: Date | null
}

/** Whatever was published so long ago is there to be seen, or gone. */
const UNSETTLED_MS = CHANGE_TIMEOUT_MS + 60_000
/** Readers wait for a change no longer than this: most ask again by themselves. */
const PATIENCE_MS = 20_000
/** Between two looks at a branch that is being changed. */
const LOOK_EVERY_MS = 30

/** Finds what a branch showed at a moment. */
export class SnapshotFinder {
  readonly #ctx: Context
  /** Looks, and never waits: readers must not hold the connections that a change needs to end. */
  readonly #looks: BatchedCache<Look>

  constructor(ctx: Context) {
    this.#ctx = ctx
    const load = (ids: string[]) => look(ctx, ids)
    this.#looks = new BatchedCache({ load, keep: () => 'not_at_all' as const, capacity: 1 })
  }

  /**
   * A name is good for ever once it was answered: it means the last publication up to its second, and one that is still under way
   * is waited for.
   * @throws AppError `unavailable` when that takes long.
   */
  async resolve(branchId: string, snapshotId: string): Promise<ResolvedSnapshot> {
    const moment = snapshotMoment(snapshotId)
    if (moment === undefined) return { state: 'none' }
    const { rows } = await this.#ctx.pool.query<Row>(
      `SELECT id, at FROM apt_publications
       WHERE branch_id = $1 AND at <= least($2::timestamptz, $3::timestamptz) ORDER BY at DESC LIMIT 1`,
      [branchId, moment, await this.#settled(branchId, moment)],
    )
    const [found] = rows
    if (found === undefined) return { state: 'none' }
    const earlier = snapshotIdOf(found.at)
    return earlier === snapshotId
      ? { state: 'exact', publication: found.id }
      : { state: 'earlier', snapshotId: earlier }
  }

  /** A moment up to which nothing more will come: the one asked for, or the last whole second where that is still to come. */
  async #settled(branchId: string, moment: Date): Promise<Date> {
    const asked = this.#ctx.now().getTime()
    while (this.#ctx.now().getTime() - moment.getTime() < UNSETTLED_MS) {
      const { settledAt } = await this.#looks.get(branchId)
      if (settledAt !== null) return settledAt
      if (this.#ctx.now().getTime() - asked > PATIENCE_MS)
        throw new AppError(
          'unavailable',
          'This branch is being changed. Ask again for a moment as late as this.',
        )
      await pause(LOOK_EVERY_MS)
    }
    return moment
  }
}

/** What is published has its moment while its branch is locked: a branch that nobody holds has nothing more for the time before. */
async function look({ pool }: Context, branchIds: string[]): Promise<Map<string, Look>> {
  const { rows } = await pool.query<{ id: string; settled_at: Date }>({
    name: 'apt-settled',
    text: `SELECT id, date_trunc('second', statement_timestamp()) AS settled_at
           FROM apt_branches WHERE id = ANY($1::uuid[]) FOR SHARE SKIP LOCKED`,
    values: [branchIds],
  })
  const settled = new Map(rows.map((row) => [row.id, row.settled_at]))
  return new Map(branchIds.map((id) => [id, { settledAt: settled.get(id) ?? null }]))
}
