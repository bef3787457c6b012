import type { Pool } from 'pg'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { system } from '@/server/auth/permissions'
import { AppError } from '@/server/errors'
import { listen } from '@/server/events'
import { cancelTask } from '@/server/tasks/cancel-task'
import { enqueueTasks, type NewTask } from '@/server/tasks/enqueue'
import { getTask } from '@/server/tasks/list-tasks'
import { type Runner, startRunner } from '@/server/tasks/runner'
import { RetryLater, type TaskDefinition, type TaskRun } from '@/server/tasks/task'
import { kill, startChild } from '@/test/support/child'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const notices = await listen(ctx.pool, ctx.log)
const patience = { timeout: 60_000, interval: 20 }

const open: Runner[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((runner) => runner.stop()))
})

type Behaviour = (run: TaskRun) => Promise<void> | void

async function startErrands(behave: Behaviour, cancelled?: TaskDefinition['cancelled']) {
  const errand: TaskDefinition = {
    kind: 'errand',
    run: async (_ctx, run) => behave(run),
    ...(cancelled && { cancelled }),
  }
  const runner = await startRunner(ctx, { definitions: [errand], notices, concurrency: 4 })
  open.push(runner)
  return runner
}

async function enqueue(task: Partial<NewTask> = {}): Promise<string> {
  const [{ id: subject } = { id: '' }] = await ctx.db.$queryRaw<{ id: string }[]>`SELECT uuid7() AS id`
  const wanted = {
    kind: 'errand',
    title: 'An errand',
    ownerId: null,
    subject: { type: 'thing', id: subject },
    ...task,
  }
  const [id = ''] = await ctx.db.$transaction((tx) => enqueueTasks(tx, [wanted]))
  return id
}

const read = (id: string) => getTask(ctx, system, { id })
const reaches = (id: string, state: string) =>
  vi.waitFor(async () => {
    const task = await read(id)
    expect(task.state).toBe(state)
    return task
  }, patience)
const jobs = async (id: string) =>
  (await ctx.pool.query('SELECT locked_at FROM graphile_worker._private_jobs WHERE key = $1', [`task:${id}`]))
    .rows

/** Ends every connection of this test's pool but the one that does it. */
const cutConnections = () =>
  ctx.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'entrepot'`,
  )

/** Something a test lets happen when it is time. */
function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

/** Never ends by itself, as work that heeds its signal does. */
const untilAborted = (run: TaskRun) =>
  new Promise<void>((_, reject) => {
    const stop = () => reject(new Error('stopped'))
    if (run.signal.aborted) stop()
    else run.signal.addEventListener('abort', stop, { once: true })
  })

describe('a task', () => {
  it('succeeds, with its progress, its log and the rows of its time', async () => {
    await startErrands(async (run) => {
      run.progress({ done: 3, total: 10, unit: 'bytes', step: 'Walking' })
      await run.log('I went there.')
      run.progress({ done: 10 })
    })
    const task = await reaches(await enqueue(), 'succeeded')
    expect(task).toMatchObject({
      progress: { done: 10, total: 10, unit: 'bytes', step: 'Walking' },
      attempts: 1,
      error: null,
    })
    expect(task.log.map(({ message }) => message)).toEqual(['I went there.'])
    expect(task.startedAt).not.toBeNull()
    expect(task.finishedAt).not.toBeNull()
    await expect.poll(() => jobs(task.id), patience).toEqual([])
  })

  it('fails with the sentence of its error, and reveals nothing of an unknown one', async () => {
    await startErrands((run) => {
      if (run.attempt === 1 && run.subjectId === known)
        throw new AppError('upstream_refused', 'example.org answered 404.')
      throw new Error('password=hunter2')
    })
    const known = '00000000-0000-7000-8000-000000000001'
    const told = await reaches(await enqueue({ subject: { type: 'thing', id: known } }), 'failed')
    expect(told.error).toBe('example.org answered 404.')
    const hidden = await reaches(await enqueue(), 'failed')
    expect(JSON.stringify(hidden)).not.toContain('hunter2')
    expect(hidden.error).toMatch(/inside Entrepôt/)
  })

  it('shows its progress while it runs', async () => {
    const { open, opened } = gate()
    await startErrands(async (run) => {
      run.progress({ done: 1, total: 2, unit: 'bytes', step: 'Waiting' })
      await opened
    })
    const id = await enqueue()
    await expect.poll(async () => (await read(id)).progress.done, patience).toBe(1)
    expect((await read(id)).state).toBe('running')
    open()
    await reaches(id, 'succeeded')
  })

  it('waits for its next attempt when its handler asks for it, in the same queue', async () => {
    await startErrands((run) => {
      if (run.attempt < 3) throw new RetryLater(new Date(), 'Not now.')
    })
    const id = await enqueue({ queue: 'shop 1' })
    const task = await reaches(id, 'succeeded')
    expect(task.attempts).toBe(3)
    expect(task.log.map(({ level }) => level)).toEqual(['warn', 'warn'])
  })

  it('shows why it waits and until when', async () => {
    const later = new Date(Date.now() + 3600_000)
    await startErrands(() => {
      throw new RetryLater(later, 'The shop is closed.')
    })
    const id = await enqueue({ queue: 'shop 2' })
    await vi.waitFor(async () => {
      const expected = { state: 'waiting', error: 'The shop is closed.', runAt: later.toISOString() }
      expect(await read(id)).toMatchObject(expected)
    }, patience)
    const { rows } = await ctx.pool.query(
      `SELECT q.queue_name FROM graphile_worker._private_jobs j JOIN graphile_worker._private_job_queues q
       ON q.id = j.job_queue_id WHERE j.key = $1`,
      [`task:${id}`],
    )
    expect(rows).toEqual([{ queue_name: 'shop 2' }])
  })

  it('runs after the other when both are of one queue, and beside it when not', async () => {
    const running = new Set<string>()
    let most = 0
    const { open, opened } = gate()
    await startErrands(async (run) => {
      running.add(run.id)
      most = Math.max(most, running.size)
      await opened
      running.delete(run.id)
    })
    const ids = [
      await enqueue({ queue: 'one' }),
      await enqueue({ queue: 'one' }),
      await enqueue({ queue: 'two' }),
    ]
    await expect.poll(() => running.size, patience).toBe(2)
    open()
    for (const id of ids) await reaches(id, 'succeeded')
    expect(most).toBe(2)
  })
})

describe('cancelling', () => {
  it('ends a task that waits, at once, and settles its subject', async () => {
    const settled: string[] = []
    await startErrands(untilAborted, async (_ctx, subjectId) => void settled.push(subjectId))
    const id = await enqueue({ runAt: new Date(Date.now() + 3600_000) })
    await cancelTask(ctx, system, { id })
    const task = await reaches(id, 'cancelled')
    // The task ends first, so that nothing takes it up meanwhile.
    await expect.poll(() => settled, patience).toEqual([task.subject?.id])
    expect(await jobs(id)).toEqual([])
  })

  it('aborts a task that runs', async () => {
    const settled: string[] = []
    await startErrands(untilAborted, async (_ctx, subjectId) => void settled.push(subjectId))
    const id = await enqueue()
    await reaches(id, 'running')
    await cancelTask(ctx, system, { id })
    const task = await reaches(id, 'cancelled')
    expect(settled).toEqual([task.subject?.id])
  })

  it('counts also when it was asked for while nothing ran tasks', async () => {
    const ready = await enqueue()
    const later = await enqueue({ runAt: new Date(Date.now() + 3600_000) })
    for (const id of [ready, later]) await cancelTask(ctx, system, { id })
    const ran: string[] = []
    await startErrands((run) => void ran.push(run.id))
    for (const id of [ready, later]) await reaches(id, 'cancelled')
    expect(ran).toEqual([])
  })

  it('is not lost when it comes just as the task asks to be run again', async () => {
    await startErrands(async (run) => {
      await ctx.db.task.update({ where: { id: run.id }, data: { cancelRequestedAt: new Date() } })
      throw new RetryLater(new Date(Date.now() + 3600_000), 'Later.')
    })
    await reaches(await enqueue(), 'cancelled')
  })
})

describe('a runner that stops', () => {
  it('puts back what runs, without counting the attempt; the next one takes it up', async () => {
    const first = await startErrands(untilAborted)
    const id = await enqueue({ queue: 'kept' })
    await reaches(id, 'running')
    await first.stop()
    expect(await read(id)).toMatchObject({ state: 'waiting', attempts: 0, error: null })
    await startErrands(() => undefined)
    expect(await reaches(id, 'succeeded')).toMatchObject({ attempts: 1 })
    expect(await ctx.db.jobRunner.count()).toBe(1)
  })
})

describe('a runner that dies', () => {
  it('by SIGKILL: another one takes its tasks up', async () => {
    const { child } = await startChild(ctx, 'runner-child.ts')
    onTestFinished(() => void child.kill('SIGKILL'))
    const id = await enqueue({ queue: 'errands of the child' })
    await expect.poll(async () => (await read(id)).progress.step, patience).toBe('Half-way in the child')
    await kill(child)

    await startErrands((run) => run.log('Taken up.'))
    const task = await reaches(id, 'succeeded')
    expect(task.attempts).toBe(2)
    expect(task.log.map(({ message }) => message)).toEqual(['Taken up.'])
  })

  it('by losing its database connections: it gives up what it runs, and starts again by itself', async () => {
    const attempts: number[] = []
    const { open, opened } = gate()
    await startErrands(async (run) => {
      attempts.push(run.attempt)
      if (attempts.length === 1) return untilAborted(run)
      await opened
    })
    const id = await enqueue({ queue: 'survivors' })
    await expect.poll(() => attempts.length, patience).toBe(1)
    await cutConnections()
    await expect.poll(() => attempts.length, patience).toBe(2)
    open()
    await reaches(id, 'succeeded')
  })

  it('by losing its database for good: it can still be stopped', async () => {
    let isDown = false
    let refused = 0
    const pool: Pool = Object.create(ctx.pool, {
      connect: {
        value: (done?: (error: Error) => void) => {
          if (!isDown) return ctx.pool.connect(done as never)
          refused += 1
          return done ? done(new Error('down')) : Promise.reject(new Error('down'))
        },
      },
    })
    const runner = await startRunner({ ...ctx, pool }, { definitions: [], notices, concurrency: 1 })
    open.push(runner)
    isDown = true
    await cutConnections()
    await expect.poll(() => refused, patience).toBeGreaterThan(1)
    await runner.stop()
  })

  it('and lives on in secret changes nothing any more', async () => {
    const { open, opened } = gate()
    await startErrands(async (run) => {
      if (run.attempt === 1) {
        await opened
        throw new AppError('conflict', 'The old run speaks.')
      }
      return untilAborted(run)
    })
    const id = await enqueue()
    await reaches(id, 'running')
    await ctx.pool.query(
      `SELECT graphile_worker.force_unlock_workers(array_agg(locked_by)) FROM graphile_worker._private_jobs WHERE key = $1`,
      [`task:${id}`],
    )
    await expect.poll(async () => (await read(id)).attempts, patience).toBe(2)
    open()
    // The queue removes the job when the old run is over to its last statement.
    await expect.poll(() => jobs(id), patience).toEqual([])
    expect(await read(id)).toMatchObject({ state: 'running', attempts: 2, error: null, finishedAt: null })
  })
})
