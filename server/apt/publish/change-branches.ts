import type { AptBranch, AptCause, AptPublication, AptRepository } from '@/prisma/client/client'
import { openReleaseSigner } from '@/server/apt/keys/release-signer'
import { BranchChanges } from '@/server/apt/publish/branch-changes'
import { BranchQueue } from '@/server/apt/publish/branch-queue'
import { lockBranches } from '@/server/apt/publish/lock-branches'
import { publishBranch } from '@/server/apt/publish/publish-branch'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Db, Tx } from '@/server/db'
import { notify } from '@/server/events'

export interface ChangeRequest {
  repositoryId: string
  /** Names of the branches that may change. */
  branches: readonly string[]
  /** They are all that the repository has: refused when one was added since they were looked up. */
  all?: boolean | undefined
  actor: Actor
  cause: AptCause
  /** False: a busy branch is refused instead of waited for. */
  wait?: boolean | undefined
  dryRun?: boolean | undefined
}

/** What a change holds while it works: nobody else changes these branches until it is published. */
export interface LockedBranches {
  repository: AptRepository
  /** By name. A change may add branches that it makes. */
  branches: Map<string, AptBranch>
  changes: BranchChanges
}

interface Worked<Result> {
  result: Result
  /** The upload or move that publications name as their cause. */
  causeId?: string | undefined
}

interface Job {
  ctx: Context
  request: ChangeRequest
  names: readonly string[]
  work(tx: Tx, locked: LockedBranches): Promise<Worked<unknown>>
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** A change holds its branches for this long at most. A large repository that is made anew takes its time; what takes longer hangs. */
export const CHANGE_TIMEOUT_MS = 900_000

/** Branches published at a time: while one is hashed, the database reads for the other. */
const SIDE_BY_SIDE = 2

/** Of each database that this process uses: in practice of one. */
const queues = new WeakMap<Db, BranchQueue<Job>>()

/**
 * The one way in which what a branch has is changed: locks the branches, lets `work` change placements, publishes every
 * branch that was touched, and commits all of it in one transaction. A crash leaves everything as it was, or everything
 * done. Changes that wait for the same branches share a transaction and a publication; one of them that fails leaves nothing
 * behind, and the others go on.
 * @returns what `work` returns.
 * @throws AppError `not_found` for a branch that there is not; `conflict` for one that is busy, without `wait`, and for one that was
 *   added, with `all`; what `work` throws.
 */
export function changeBranches<Result>(
  ctx: Context,
  request: ChangeRequest,
  work: (tx: Tx, locked: LockedBranches) => Promise<Worked<Result>>,
): Promise<Result> {
  const { repositoryId, cause, all = false, dryRun = false, wait = true } = request
  const names = [...new Set(request.branches)].sort()
  const queue = queues.get(ctx.db) ?? new BranchQueue<Job>(runJobs)
  queues.set(ctx.db, queue)
  const keys = names.map((name) => `${repositoryId}/${name}`)
  return new Promise<Result>((resolve, reject) => {
    const job = { ctx, request, names, work, resolve: resolve as Job['resolve'], reject }
    queue.add(keys, job, { wait, group: dryRun || !wait ? undefined : `${cause} ${all}` })
  })
}

async function runJobs(jobs: readonly Job[]): Promise<void> {
  const [first] = jobs
  if (jobs.length > 1) {
    try {
      for (const settle of await runTogether(jobs)) settle()
      return
    } catch (error) {
      // What fails for all is looked for one by one, so that each learns of its own fault only.
      first?.ctx.log.debug({ err: error }, 'changes are made one by one')
    }
  }
  for (const job of jobs) await runAlone(job).then(job.resolve, job.reject)
}

/** @returns what is to be told to each once all is committed. */
async function runTogether(jobs: readonly Job[]): Promise<(() => void)[]> {
  const { ctx, request, names } = jobs[0] as Job
  return transact(ctx, { timeoutMs: CHANGE_TIMEOUT_MS }, async (tx) => {
    let held = await lockBranches(tx, request.repositoryId, names, request)
    const changes = new BranchChanges()
    const actors = new Set<string>()
    const settled: (() => void)[] = []
    let causeId: string | undefined
    for (const job of jobs) {
      // A change may put settings on what it holds, which nobody sees should it fail.
      const own = { ...structuredClone(held), changes: new BranchChanges() }
      await tx.$executeRaw`SAVEPOINT one_of_many`
      try {
        const worked = await job.work(tx, own)
        held = { repository: own.repository, branches: own.branches }
        changes.merge(own.changes)
        actors.add(job.request.actor.name)
        causeId = worked.causeId ?? causeId
        settled.push(() => job.resolve(worked.result))
      } catch (error) {
        await tx.$executeRaw`ROLLBACK TO SAVEPOINT one_of_many`
        settled.push(() => job.reject(error))
      }
    }
    const actorName = [...actors].join(', ').slice(0, 300)
    await publish(ctx, tx, { ...held, changes }, { ...request, actorName, causeId })
    return settled
  })
}

async function runAlone({ ctx, request, names, work }: Job): Promise<unknown> {
  const { dryRun, actor } = request
  return transact(ctx, { dryRun, timeoutMs: CHANGE_TIMEOUT_MS }, async (tx) => {
    const held = await lockBranches(tx, request.repositoryId, names, request)
    const locked = { ...held, changes: new BranchChanges() }
    const { result, causeId } = await work(tx, locked)
    // A rehearsal has no readers: what it would publish would be thrown away.
    if (!dryRun) await publish(ctx, tx, locked, { ...request, actorName: actor.name, causeId })
    return result
  })
}

interface Because extends Pick<ChangeRequest, 'repositoryId' | 'cause'> {
  causeId: string | undefined
  actorName: string
}

async function publish(
  ctx: Context,
  tx: Tx,
  { repository, branches, changes }: LockedBranches,
  { repositoryId, cause, causeId, actorName }: Because,
): Promise<void> {
  if (changes.entries().size === 0) return
  const byId = new Map([...branches.values()].map((branch) => [branch.id, branch]))
  const shown = await shownBy(tx, [...byId.values()])
  const now = await databaseNow(tx)
  const signer = await openReleaseSigner(ctx, tx, repository.id)
  const left = changes.entries().entries()
  const work = async () => {
    for (const [branchId, change] of left) {
      const branch = byId.get(branchId)
      if (branch === undefined) throw new Error(`The branch ${branchId} was changed without its lock.`)
      await publishBranch(ctx, tx, {
        ...{ repository, branch, before: shown.get(branchId) ?? null, change, now, signer },
        because: { cause, causeId: causeId ?? null, actorName },
      })
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
  await notify(tx, { topic: 'apt', id: repositoryId })
}

/** What branches show until now, by the id of the branch; one that was never published is not among them. */
async function shownBy(tx: Tx, branches: readonly AptBranch[]): Promise<Map<string, AptPublication>> {
  const ids = branches.flatMap(({ publicationId }) => publicationId ?? [])
  const shown = await tx.aptPublication.findMany({ where: { id: { in: ids } } })
  return new Map(shown.map((publication) => [publication.branchId, publication]))
}

async function databaseNow(tx: Tx): Promise<Date> {
  const [row] = await tx.$queryRaw<
    { now: Date }[]
  >`SELECT date_trunc('milliseconds', clock_timestamp()) AS now`
  return row?.now ?? new Date()
}
