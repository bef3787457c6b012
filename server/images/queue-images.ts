import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { fetchQueue } from '@/server/mirror/fetch-queue'
import { type ImageName, referenceOf } from '@/server/mirror/image-reference'
import { enqueueTasks } from '@/server/tasks/enqueue'

interface Fetching {
  images: readonly ({ id: string; state: string } & ImageName)[]
  ownerId: string | null
}

/**
 * Sends images to their upstream, in the transaction that wants it: each has a task, and is `pending` unless one is under
 * way, after which this one takes what that did not. They wait in the same queues as files of that host, so a host is asked
 * for no more at once.
 * @returns the tasks' ids in the order of the images.
 */
export async function queueImages(tx: Tx, ctx: Context, { images, ownerId }: Fetching): Promise<string[]> {
  const resting = images.filter(({ state }) => state !== 'fetching').map(({ id }) => id)
  if (resting.length > 0) {
    await tx.image.updateMany({
      where: { id: { in: resting } },
      data: { state: 'pending', error: null, errorCode: null, attempts: 0, nextAttemptAt: null },
    })
  }
  return enqueueTasks(
    tx,
    images.map((image) => ({
      kind: 'fetch_image',
      title: `Fetch ${referenceOf(image)}`,
      ownerId,
      subject: { type: 'image', id: image.id },
      queue: fetchQueue(ctx.env, image.registry, image.id),
    })),
  )
}
