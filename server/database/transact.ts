import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

class Rehearsed extends Error {}

/**
 * Runs a change in one transaction. A rehearsal (`dryRun`) runs the same statements, meets the same constraints, and
 * takes everything back, so that its answer is what the change would answer.
 * @returns what `work` returns.
 */
export async function transact<Result>(
  ctx: Context,
  { dryRun }: { dryRun?: boolean | undefined },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  if (!dryRun) return ctx.db.$transaction(work)
  let outcome: { result: Result } | undefined
  try {
    await ctx.db.$transaction(async (tx) => {
      outcome = { result: await work(tx) }
      throw new Rehearsed()
    })
  } catch (error) {
    if (error instanceof Rehearsed && outcome) return outcome.result
    throw error
  }
  throw new Error('a rehearsal was committed')
}
