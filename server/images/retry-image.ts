import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Db } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { holdImage, subjectOf } from '@/server/images/hold-image'
import { queueImages } from '@/server/images/queue-images'
import { getTask } from '@/server/tasks/list-tasks'
import type { TaskDetail } from '@/server/tasks/schema'

/**
 * Fetches an image again whose fetch failed; what it has got already it keeps.
 * @returns the new task.
 * @throws AppError `not_found`; `conflict` when it is stored, or when a fetch is under way or waiting.
 */
export async function retryImage(
  ctx: Context,
  actor: Actor,
  { id, dryRun }: { id: string; dryRun?: boolean },
): Promise<TaskDetail> {
  authorise(actor, 'image.retry')
  return transact(ctx, { dryRun }, async (tx) => {
    const image = await holdImage(tx, id)
    if (image.state === 'stored') throw new AppError('conflict', 'The image is stored already.')
    if (image.state !== 'failed') throw new AppError('conflict', 'A fetch of this image is under way.')
    const [taskId = ''] = await queueImages(tx, ctx, { images: [image], ownerId: actor.userId })
    await recordAudit(tx, ctx, actor, { action: 'image.retry', subject: subjectOf(image) })
    await notify(tx, { topic: 'image', id })
    // Who may retry is shown the task, also with a token that may not read.
    return getTask({ ...ctx, db: tx as Db }, system, { id: taskId })
  })
}
