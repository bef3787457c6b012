import { randomBytes, randomUUID } from 'node:crypto'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { notify } from '@/server/events'

/** Others see this runner's death in the moment it dies, because PostgreSQL frees its lock with its connection. */
export interface Presence {
  readonly id: string
  /** Settles when the lock is gone: from then on others may take the jobs, so this runner must stop. */
  readonly lost: Promise<void>
  /** Must be done before the worker takes its first job: only known workers' jobs are given back. */
  register(workerId: string): Promise<void>
  /** Gives back what is still locked, and frees the lock. */
  leave(): Promise<void>
}

interface RunnerRow {
  id: string
  lockKey: bigint
  workerIds: string[]
}

/** Announces a runner: takes its lock, then writes its row. */
export async function announce(ctx: Context): Promise<Presence> {
  const id = randomUUID()
  const lockKey = BigInt(randomBytes(6).readUIntBE(0, 6))
  const holder = await ctx.pool.connect()
  const lost = new Promise<void>((resolve) => {
    holder.once('error', () => resolve())
    holder.once('end', () => resolve())
  })
  try {
    await holder.query('SELECT pg_advisory_lock($1)', [lockKey])
    await ctx.db.jobRunner.create({ data: { id, lockKey, workerIds: [] } })
  } catch (error) {
    holder.release(true)
    throw error
  }
  return {
    id,
    lost,
    async register(workerId) {
      await ctx.db
        .$executeRaw`UPDATE job_runners SET worker_ids = worker_ids || ${workerId}::text WHERE id = ${id}::uuid`
    },
    async leave() {
      try {
        await ctx.db.$transaction(async (tx) => {
          const row = await tx.jobRunner.findUnique({ where: { id } })
          if (row) await giveBack(tx, row)
        })
      } finally {
        holder.release(true)
      }
    },
  }
}

/**
 * Gives the jobs of runners that died back to the queue. Their tasks show `waiting` until they run again.
 * @param self the runner that looks; it is not dead, whatever its lock says.
 * @returns the number of dead runners found.
 */
export async function recoverDeadRunners(ctx: Context, self: string | null): Promise<number> {
  const runners = await ctx.db.jobRunner.findMany()
  let recovered = 0
  for (const runner of runners) {
    if (runner.id !== self && (await recoverIfDead(ctx, runner))) recovered += 1
  }
  return recovered
}

/**
 * Keeps the jobs of a living runner from looking abandoned: the queue itself frees what has been locked for four hours,
 * and a fetch may take longer.
 */
export async function refreshJobs(ctx: Context, { id }: Presence): Promise<void> {
  await ctx.db.$executeRaw`
    WITH own AS (SELECT unnest(worker_ids) AS worker FROM job_runners WHERE id = ${id}::uuid),
    jobs AS (
      UPDATE graphile_worker._private_jobs SET locked_at = now()
      WHERE locked_at < now() - interval '10 minutes' AND locked_by IN (SELECT worker FROM own)
    )
    UPDATE graphile_worker._private_job_queues SET locked_at = now()
    WHERE locked_at < now() - interval '10 minutes' AND locked_by IN (SELECT worker FROM own)`
}

async function recoverIfDead(ctx: Context, runner: RunnerRow): Promise<boolean> {
  return ctx.db.$transaction(async (tx) => {
    const [lock] = await tx.$queryRaw<
      { free: boolean }[]
    >`SELECT pg_try_advisory_xact_lock(${runner.lockKey}) AS free`
    if (!lock?.free) return false
    // Workers may have been added, or the row removed, since it was read.
    const current = await tx.jobRunner.findUnique({ where: { id: runner.id } })
    if (!current) return false
    await giveBack(tx, current)
    ctx.log.warn({ runner: runner.id }, 'a job runner died; its tasks are back in the queue')
    return true
  })
}

async function giveBack(tx: Tx, { id, workerIds }: RunnerRow): Promise<void> {
  await tx.$executeRaw`
    UPDATE tasks SET state = 'waiting' WHERE state = 'running' AND 'task:' || id IN (
      SELECT key FROM graphile_worker._private_jobs WHERE locked_by = ANY (${workerIds}))`
  await tx.$executeRaw`SELECT graphile_worker.force_unlock_workers(${workerIds})`
  await tx.jobRunner.deleteMany({ where: { id } })
  await notify(tx, { topic: 'task' })
}
