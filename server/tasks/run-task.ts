import type { Context } from '@/server/context'
import { toAppError } from '@/server/errors'
import { notify } from '@/server/events'
import { requeueTask } from '@/server/tasks/enqueue'
import { ProgressWriter } from '@/server/tasks/progress-writer'
import { RetryLater, type TaskDefinition } from '@/server/tasks/task'

interface Claim {
  taskId: string
  /** Aborted when the task is cancelled. */
  cancel: AbortSignal
  /** Aborted when the process drains: the task goes back to the queue. */
  drain: AbortSignal
}

/** One run of one task. Its attempt is its fence: a later run of the same task has a higher one. */
interface RunningTask {
  id: string
  kind: string
  subjectId: string
  attempts: number
}

/**
 * Runs one task to a truthful end: succeeded, failed with its error, cancelled, or waiting for its next attempt.
 * Never throws for what the handler throws; a run that was declared dead meanwhile changes nothing any more.
 */
export async function runTask(ctx: Context, definition: TaskDefinition, claim: Claim): Promise<void> {
  const task = await start(ctx, claim.taskId)
  if (!task) return
  const child = { ...ctx, log: ctx.log.child({ task: task.id, kind: task.kind }) }
  if (task.cancelRequestedAt) return cancel(child, definition, task)
  const writer = new ProgressWriter(child, task.id)
  try {
    await definition.run(child, {
      id: task.id,
      subjectId: task.subjectId,
      attempt: task.attempts,
      signal: AbortSignal.any([claim.cancel, claim.drain]),
      progress: (progress) => writer.set(progress),
      log: (message, level = 'info') => appendLog(child, task.id, level, message),
    })
    await writer.flush()
    await finish(child, task, { state: 'succeeded' })
  } catch (error) {
    await writer.flush()
    await settle(child, definition, { task, claim, error })
  }
}

async function start(ctx: Context, id: string) {
  const [task] = await ctx.db.task.updateManyAndReturn({
    where: { id, state: { in: ['waiting', 'running'] } },
    data: { state: 'running', startedAt: ctx.now(), attempts: { increment: 1 }, error: null },
  })
  if (!task) return undefined
  await notify(ctx.db, { topic: 'task', id })
  return { ...task, subjectId: task.subjectId ?? task.id }
}

interface Outcome {
  task: RunningTask
  claim: Claim
  error: unknown
}

async function settle(
  ctx: Context,
  definition: TaskDefinition,
  { task, claim, error }: Outcome,
): Promise<void> {
  if (claim.cancel.aborted) return cancel(ctx, definition, task)
  if (claim.drain.aborted) {
    // Not the task's fault, so not one of its attempts.
    return putBack(ctx, definition, { task, at: ctx.now(), attempts: task.attempts - 1 })
  }
  if (error instanceof RetryLater) {
    await appendLog(ctx, task.id, 'warn', `${error.message} Next try at ${error.at.toISOString()}.`)
    return putBack(ctx, definition, { task, at: error.at, reason: error.message })
  }
  const known = toAppError(error)
  if (known.code === 'internal') ctx.log.error({ err: error }, 'task failed')
  else ctx.log.info({ code: known.code, reason: known.message }, 'task failed')
  await appendLog(ctx, task.id, 'error', known.message)
  await finish(ctx, task, { state: 'failed', error: known.message })
}

async function cancel(ctx: Context, definition: TaskDefinition, task: RunningTask): Promise<void> {
  await definition.cancelled?.(ctx, task.subjectId)
  await finish(ctx, task, { state: 'cancelled', error: 'Cancelled.' })
}

interface Return {
  task: RunningTask
  at: Date
  reason?: string
  attempts?: number
}

async function putBack(ctx: Context, definition: TaskDefinition, { task, at, ...rest }: Return) {
  const { id, kind, attempts } = task
  const returned = await ctx.db.$transaction(async (tx) => {
    const [row] = await tx.task.updateManyAndReturn({
      where: { id, state: 'running', attempts },
      data: { state: 'waiting', runAt: at, error: rest.reason ?? null, attempts: rest.attempts ?? attempts },
    })
    if (!row) return undefined
    await requeueTask(tx, { id, kind, at })
    await notify(tx, { topic: 'task', id })
    return row
  })
  // Asked for between the end of the run and here, when nobody was listening.
  if (returned?.cancelRequestedAt) await cancelWaiting(ctx, definition, id)
}

async function finish(
  ctx: Context,
  { id, attempts }: RunningTask,
  end: { state: 'succeeded' | 'failed' | 'cancelled'; error?: string },
): Promise<void> {
  await ctx.db.task.updateMany({
    where: { id, state: 'running', attempts },
    data: { state: end.state, error: end.error ?? null, finishedAt: ctx.now() },
  })
  await notify(ctx.db, { topic: 'task', id })
}

async function appendLog(ctx: Context, taskId: string, level: 'info' | 'warn' | 'error', message: string) {
  ctx.log.debug({ level }, message)
  await ctx.db.taskLog.create({ data: { taskId, level, message: message.slice(0, 4000) } })
  await notify(ctx.db, { topic: 'task', id: taskId })
}

/** Ends a task that waits in the queue. @returns false when it no longer waits. */
export async function cancelWaiting(
  ctx: Context,
  definition: TaskDefinition | undefined,
  id: string,
): Promise<boolean> {
  const cancelled = await ctx.db.$transaction(async (tx) => {
    const [row] = await tx.task.updateManyAndReturn({
      where: { id, state: 'waiting' },
      data: { state: 'cancelled', error: 'Cancelled.', finishedAt: ctx.now() },
    })
    if (row) await tx.$executeRaw`SELECT graphile_worker.remove_job(${`task:${id}`})`
    return row
  })
  if (!cancelled) return false
  if (cancelled.subjectId) await definition?.cancelled?.(ctx, cancelled.subjectId)
  await notify(ctx.db, { topic: 'task', id })
  return true
}
