import { incomingKey } from '@/server/blobs/keys'
import type { Context } from '@/server/context'

const HOUR_MS = 3_600_000

/** Age from which what a write left behind cannot belong to one that still runs. */
export function abandonedAfterMs({ env }: Context): number {
  return env.ENTREPOT_FETCH_TOTAL_SECONDS * 1000 + HOUR_MS
}

/**
 * Removes bodies that never became blobs, and the drafts of writes that were cut off.
 * @param olderThanMs 0 only where nothing else can be writing.
 * @returns how many were removed.
 */
export async function sweepLeftovers(ctx: Context, olderThanMs: number): Promise<number> {
  let removed = 0
  const storages = new Set([ctx.storage, ...ctx.clusters.all.map(({ storage }) => storage)])
  for (const storage of storages) removed += await storage.sweep(olderThanMs)
  const limit = ctx.now().getTime() - olderThanMs
  for await (const key of ctx.storage.list(incomingKey(''))) {
    const found = await ctx.storage.stat(key)
    if (!found || found.modifiedAt.getTime() > limit) continue
    await ctx.storage.remove(key)
    removed += 1
  }
  if (removed > 0) ctx.log.info({ removed }, 'removed what interrupted writes left behind')
  return removed
}
