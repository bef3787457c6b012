import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Db } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { queueFetches } from '@/server/mirror/queue-fetches'
import { getTask } from '@/server/tasks/list-tasks'
import type { TaskDetail } from '@/server/tasks/schema'

/**
 * Fetches a file again whose fetch failed.
 * @returns the new task.
 * @throws AppError `not_found`; `conflict` when it is stored, or when a fetch is under way or waiting.
 */
export async function retryFile(
  ctx: Context,
  actor: Actor,
  { id, dryRun }: { id: string; dryRun?: boolean },
): Promise<TaskDetail> {
  authorise(actor, 'file.retry')
  return transact(ctx, { dryRun }, async (tx) => {
    const [file] = await tx.$queryRaw<{ id: string; uri: string; host: string; state: string }[]>`
      SELECT id, uri, host, state::text AS state FROM files WHERE id = ${id}::uuid FOR UPDATE`
    if (!file) throw new AppError('not_found', 'There is no such file.')
    if (file.state === 'stored') throw new AppError('conflict', 'The file is stored already.')
    if (file.state !== 'failed') throw new AppError('conflict', 'A fetch of this file is under way.')
    const [taskId = ''] = await queueFetches(tx, ctx, { files: [file], ownerId: actor.userId })
    await recordAudit(tx, ctx, actor, { action: 'file.retry', subject: { type: 'file', id, name: file.uri } })
    await notify(tx, { topic: 'file', id })
    // Who may retry is shown the task, also with a token that may not read.
    return getTask({ ...ctx, db: tx as Db }, system, { id: taskId })
  })
}
