import { repositorySubject } from '@/server/apt/repositories/settings'
import { recordAudit } from '@/server/audit/record'
import { system } from '@/server/auth/permissions'
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
  const error = 'It was given up, because nothing more of it came for seven days.'
  const given = await ctx.db.$transaction(async (tx) => {
    const ended = await tx.aptUpload.updateManyAndReturn({
      where: { state: 'receiving', via: 'put', updatedAt: { lt: new Date(now.getTime() - PATIENCE_MS) } },
      data: { state: 'rejected', report: [{ level: 'error', message: error }], finishedAt: now },
      include: { repository: true },
    })
    const records = ended.map(({ id, repository }) => ({
      action: 'apt.reject-upload',
      subject: repositorySubject(repository),
      details: { upload: id, error },
    }))
    await recordAudit(tx, ctx, system, ...records)
    for (const id of new Set(ended.map(({ repositoryId }) => repositoryId)))
      await notify(tx, { topic: 'apt', id })
    return ended
  })
  return given.length
}
