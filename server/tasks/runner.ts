import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Logger as JobLogger, runTaskList, type TaskList } from 'graphile-worker'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { announce, type Presence, recoverDeadRunners, refreshJobs } from '@/server/tasks/presence'
import { queuePool } from '@/server/tasks/queue-pool'
import { cancelWaiting, runTask } from '@/server/tasks/run-task'
import type { TaskDefinition } from '@/server/tasks/task'

export interface Runner {
  /** Lets no new task start, aborts the running ones (they go back to the queue), and settles when all have. */
  stop(): Promise<void>
}

interface RunnerOptions {
  definitions: readonly TaskDefinition[]
  notices: Notices
  /** Tasks at once in this process. */
  concurrency: number
}

const SWEEP_MS = 5_000
const POLL_MS = 1_000
const REOPEN_MS = 1_000

/**
 * Runs tasks from the queue. While it lives it holds a session advisory lock; a runner whose lock is free is dead, and
 * its tasks are given back at once, so that work survives kill -9 without waiting for a time-out. A runner that loses
 * its database gives up what it runs, and starts again as soon as the database answers.
 */
export async function startRunner(ctx: Context, options: RunnerOptions): Promise<Runner> {
  const stopping = new AbortController()
  let session: Session | undefined = await openSession(ctx, options)
  const keepOpen = async () => {
    while (session) {
      await session.lost
      await session.close()
      if (stopping.signal.aborted) return
      ctx.log.warn('the job runner lost its database; it starts again')
      session = await reopen(ctx, options, stopping.signal)
    }
  }
  const kept = keepOpen()
  return {
    async stop() {
      stopping.abort()
      await session?.close()
      await kept
    },
  }
}

async function reopen(
  ctx: Context,
  options: RunnerOptions,
  stopping: AbortSignal,
): Promise<Session | undefined> {
  while (!stopping.aborted) {
    try {
      const session = await openSession(ctx, options)
      if (!stopping.aborted) return session
      await session.close()
    } catch (error) {
      ctx.log.debug({ err: error }, 'the job runner cannot start yet')
      await pause(REOPEN_MS)
    }
  }
  return undefined
}

/** A runner from announcing itself until it stops, or loses the database. */
interface Session {
  /** Settles when it is lost, and when it is closed. */
  lost: Promise<void>
  close(): Promise<void>
}

async function openSession(ctx: Context, options: RunnerOptions): Promise<Session> {
  const presence = await announce(ctx)
  try {
    await recoverDeadRunners(ctx, presence.id)
  } catch (error) {
    await presence.leave()
    throw error
  }
  const drain = new AbortController()
  const running: Running = { drain: drain.signal, cancels: new Map() }
  const offCancel = options.notices.on('task-cancel', (id) => {
    const here = id === undefined ? undefined : running.cancels.get(id)
    if (here) here.abort()
    else heedCancels(ctx, options, running)
  })
  heedCancels(ctx, options, running)
  const workers = startWorkers(ctx, options, { presence, running })
  const sweep = setInterval(() => keepHouse(ctx, presence), SWEEP_MS)
  const close = async () => {
    clearInterval(sweep)
    offCancel()
    const stopped = workers.stop()
    drain.abort()
    await stopped
    await presence
      .leave()
      .catch((error) => ctx.log.warn({ err: error }, 'a job runner could not take its leave'))
  }
  let closed: Promise<void> | undefined
  return {
    lost: Promise.race([presence.lost, workers.broken]),
    close() {
      closed ??= close()
      return closed
    },
  }
}

/** The workers of the job queue. One that cannot give its job back ends for ever, so its end is the end of all. */
function startWorkers(
  ctx: Context,
  { definitions, concurrency }: RunnerOptions,
  { presence, running }: { presence: Presence; running: Running },
) {
  const events = new EventEmitter()
  const broken = new Promise<void>((resolve) => events.once('worker:stop', () => resolve()))
  const pool = runTaskList(
    {
      concurrency,
      noHandleSignals: true,
      pollInterval: POLL_MS,
      logger: quietLogger(ctx),
      events,
      preset: registering(presence),
    },
    taskList(ctx, definitions, running),
    queuePool(ctx.pool),
  )
  return { broken, stop: () => pool.gracefulShutdown() }
}

async function keepHouse(ctx: Context, presence: Presence): Promise<void> {
  try {
    await recoverDeadRunners(ctx, presence.id)
    await refreshJobs(ctx, presence)
  } catch (error) {
    ctx.log.warn({ err: error }, 'the sweep for dead runners failed')
  }
}

interface Running {
  drain: AbortSignal
  /** By task id, what runs in this process. */
  cancels: Map<string, AbortController>
}

/** Ends the tasks whose end someone asked for: those that run here, and those that wait. */
async function heedCancels(
  ctx: Context,
  { definitions }: RunnerOptions,
  { cancels }: Running,
): Promise<void> {
  try {
    const asked = await ctx.db.task.findMany({
      where: { cancelRequestedAt: { not: null }, finishedAt: null },
      select: { id: true, kind: true },
    })
    for (const { id, kind } of asked) {
      const here = cancels.get(id)
      if (here) here.abort()
      else
        await cancelWaiting(
          ctx,
          definitions.find((definition) => definition.kind === kind),
          id,
        )
    }
  } catch (error) {
    ctx.log.warn({ err: error }, 'a cancel failed')
  }
}

function taskList(
  ctx: Context,
  definitions: readonly TaskDefinition[],
  { drain, cancels }: Running,
): TaskList {
  const handler = (definition: TaskDefinition) => async (payload: unknown) => {
    const { taskId } = payload as { taskId: string }
    const cancel = new AbortController()
    cancels.set(taskId, cancel)
    try {
      await runTask(ctx, definition, { taskId, cancel: cancel.signal, drain })
    } finally {
      cancels.delete(taskId)
    }
  }
  return Object.fromEntries(definitions.map((definition) => [definition.kind, handler(definition)]))
}

/** Each worker waits with its first job until its name is in the runner's row. */
function registering(presence: Presence): GraphileConfig.Preset {
  return {
    plugins: [
      {
        name: 'presence',
        version: '1',
        worker: { hooks: { startWorker: (_worker, { worker }) => presence.register(worker.workerId) } },
      },
    ],
  }
}

function quietLogger(ctx: Context) {
  return new JobLogger(() => (level, message) => ctx.log.debug({ queue: level }, message))
}
