import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Db } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { holdImage, refuseUnknown, subjectOf } from '@/server/images/hold-image'
import { widened } from '@/server/images/platforms'
import { queueImages } from '@/server/images/queue-images'
import { isIndex } from '@/server/oci/media-types'
import { getTask } from '@/server/tasks/list-tasks'
import type { TaskDetail } from '@/server/tasks/schema'

interface Choice {
  id: string
  /** To be fetched besides those chosen before; empty for all the rest. */
  platforms: string[]
  dryRun?: boolean
}

/**
 * Takes further platforms of an image. What is served already stays served while they are fetched.
 * @returns the new task.
 * @throws AppError `not_found`; `conflict` when nothing is left to choose; `unprocessable` for what the index does not have.
 */
export async function choosePlatforms(
  ctx: Context,
  actor: Actor,
  { id, platforms, dryRun }: Choice,
): Promise<TaskDetail> {
  authorise(actor, 'image.declare')
  return transact(ctx, { dryRun }, async (tx) => {
    const image = await holdImage(tx, id)
    if (image.mediaType !== null && !isIndex(image.mediaType)) {
      throw new AppError('conflict', 'This image is for one platform: there is nothing to choose.')
    }
    const wider = widened(image.platforms, platforms)
    if (wider === undefined) throw new AppError('conflict', 'These platforms are chosen already.')
    await refuseUnknown(tx, id, platforms)
    await tx.image.update({ where: { id }, data: { platforms: wider } })
    const [taskId = ''] = await queueImages(tx, ctx, { images: [image], ownerId: actor.userId })
    await recordAudit(tx, ctx, actor, {
      action: 'image.extend',
      subject: subjectOf(image),
      details: { platforms: wider },
    })
    await notify(tx, { topic: 'image', id })
    return getTask({ ...ctx, db: tx as Db }, system, { id: taskId })
  })
}
