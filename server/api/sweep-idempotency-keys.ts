import type { Context } from '@/server/context'

/** How long a key answers for the request that it came with. */
export const KEPT_MS = 24 * 3_600_000

/** Forgets keys older than 24 hours. Called from time to time by a worker, which has no use for the API itself. @returns how many. */
export async function sweepIdempotencyKeys(ctx: Context): Promise<number> {
  const before = new Date(ctx.now().getTime() - KEPT_MS)
  const { count } = await ctx.db.idempotencyKey.deleteMany({ where: { createdAt: { lt: before } } })
  return count
}
