import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { getTask } from '@/server/tasks/list-tasks'
import type { TaskDetail } from '@/server/tasks/schema'

/**
 * Asks for a task to stop. The process that runs it (or, when it waits, any process that runs tasks) ends it and brings
 * its subject into a truthful state; the answer shows it as it is now.
 * @throws AppError `not_found`; `conflict` when it has ended already.
 */
export async function cancelTask(ctx: Context, actor: Actor, { id }: { id: string }): Promise<TaskDetail> {
  const task = await ctx.db.task.findUnique({ where: { id } })
  authorise(actor, 'task.cancel', { ownerId: task?.ownerId ?? null })
  if (!task) throw new AppError('not_found', 'There is no such task.')
  if (task.finishedAt) throw new AppError('conflict', `The task has ${task.state} already.`)
  await ctx.db.$transaction(async (tx) => {
    await tx.task.update({ where: { id }, data: { cancelRequestedAt: ctx.now() } })
    await recordAudit(tx, ctx, actor, {
      action: 'task.cancel',
      subject: { type: 'task', id, name: task.title },
    })
    await notify(tx, { topic: 'task-cancel', id })
  })
  return getTask(ctx, actor, { id })
}
