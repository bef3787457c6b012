import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

class Rehearsed extends Error {}

/**
 * Runs a change in one transaction. A rehearsal (`dryRun`) runs the same statements, meets the same constraints, and
 * takes everything back, so that its answer is what the change would answer.
 * @param timeoutMs after which it is taken back, in milliseconds; a minute unless told.
 * @returns what `work` returns.
 */
export async function transact<Result>(
  ctx: Context,
  { dryRun, timeoutMs }: { dryRun?: boolean | undefined; timeoutMs?: number | undefined },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const options = timeoutMs === undefined ? {} : { timeout: timeoutMs }
  if (!dryRun) return ctx.db.$transaction(work, options)
  let outcome: { result: Result } | undefined
  try {
    await ctx.db.$transaction(async (tx) => {
      outcome = { result: await work(tx) }
      throw new Rehearsed()
    }, options)
  } catch (error) {
    if (error instanceof Rehearsed && outcome) return outcome.result
    throw error
  }
  throw new Error('a rehearsal was committed')
}
