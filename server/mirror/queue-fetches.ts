import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { fetchQueue } from '@/server/mirror/fetch-queue'
import { enqueueTasks } from '@/server/tasks/enqueue'

interface Fetching {
  files: readonly { id: string; uri: string; host: string; state: string }[]
  ownerId: string | null
}

/**
 * Sends files to their upstream, in the transaction that wants it: they are `pending`, and each has a task.
 * @returns the tasks' ids in the order of the files.
 */
export async function queueFetches(tx: Tx, ctx: Context, { files, ownerId }: Fetching): Promise<string[]> {
  const failed = files.filter(({ state }) => state === 'failed').map(({ id }) => id)
  if (failed.length > 0) {
    await tx.file.updateMany({
      where: { id: { in: failed } },
      data: { state: 'pending', error: null, errorCode: null, attempts: 0, nextAttemptAt: null },
    })
  }
  return enqueueTasks(
    tx,
    files.map(({ id, uri, host }) => ({
      kind: 'fetch_file',
      title: `Fetch ${uri}`,
      ownerId,
      subject: { type: 'file', id },
      queue: fetchQueue(ctx.env, host, id),
    })),
  )
}
