import type { Context } from '@/server/context'
import { notify } from '@/server/events'

/** An upload to which nothing comes for so long is given up. */
const PATIENCE_MS = 7 * 86_400_000

/**
 * Ends uploads whose rest never came, so that their files do not meet a later upload.
 * @returns how many there were.
 */
export async function sweepUploads(ctx: Context): Promise<number> {
  const now = ctx.now()
  const message = 'It was given up, because nothing more of it came for seven days.'
  const given = await ctx.db.aptUpload.updateManyAndReturn({
    where: { state: 'receiving', via: 'put', updatedAt: { lt: new Date(now.getTime() - PATIENCE_MS) } },
    data: { state: 'rejected', report: [{ level: 'error', message }], finishedAt: now },
    select: { repositoryId: true },
  })
  for (const id of new Set(given.map(({ repositoryId }) => repositoryId)))
    await notify(ctx.db, { topic: 'apt', id })
  return given.length
}
