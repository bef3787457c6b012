import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Db, Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { subjectOf } from '@/server/images/declare-images'
import { queueImages } from '@/server/images/queue-images'
import type { ImageName } from '@/server/mirror/image-reference'
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

interface HeldImage extends ImageName {
  id: string
  state: string
  platforms: string[]
  mediaType: string | null
}

/** The image, held still until the transaction ends. @throws AppError `not_found`. */
export async function holdImage(tx: Tx, id: string): Promise<HeldImage> {
  const [image] = await tx.$queryRaw<HeldImage[]>`
    SELECT id, registry, repository, digest, state::text AS state, platforms, media_type AS "mediaType"
    FROM images WHERE id = ${id}::uuid FOR UPDATE`
  if (!image) throw new AppError('not_found', 'There is no such image.')
  return image
}
