import type { AptBranch, AptCause, AptRepository } from '@/prisma/client/client'
import { BranchChanges } from '@/server/apt/publish/branch-changes'
import { BranchQueue, busy } from '@/server/apt/publish/branch-queue'
import { publishBranch } from '@/server/apt/publish/publish-branch'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { type Db, Prisma, type Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'

export interface ChangeRequest {
  repositoryId: string
  /** Names of the branches that may change. */
  branches: readonly string[]
  actor: Actor
  cause: AptCause
  /** False: a busy branch is refused instead of waited for. */
  wait?: boolean | undefined
  dryRun?: boolean | undefined
}

/** What a change holds while it works: nobody else changes these branches until it is published. */
export interface LockedBranches {
  repository: AptRepository
  /** By name. */
  branches: Map<string, AptBranch>
  changes: BranchChanges
}

interface Worked<Result> {
  result: Result
  /** The upload or move that publications name as their cause. */
  causeId?: string | undefined
}

/** Of each database that this process uses: in practice of one. */
const queues = new WeakMap<Db, BranchQueue>()

/**
 * The one way in which what a branch has is changed: locks the branches, lets `work` change placements, publishes every
 * branch that was touched, and commits all of it in one transaction. A crash leaves everything as it was, or everything done.
 * @returns what `work` returns.
 * @throws AppError `not_found` for a branch that there is not; `conflict` for one that is busy, without `wait`; what `work` throws.
 */
export async function changeBranches<Result>(
  ctx: Context,
  request: ChangeRequest,
  work: (tx: Tx, locked: LockedBranches) => Promise<Worked<Result>>,
): Promise<Result> {
  const { repositoryId, actor, cause, dryRun, wait = true } = request
  const names = [...new Set(request.branches)].sort()
  const queue = queues.get(ctx.db) ?? new BranchQueue()
  queues.set(ctx.db, queue)
  const keys = names.map((name) => `${repositoryId}/${name}`)
  return queue.run(keys, wait, () =>
    transact(ctx, { dryRun }, async (tx) => {
      const locked = await lockBranches(tx, repositoryId, names, wait)
      const { result, causeId } = await work(tx, locked)
      const byId = new Map([...locked.branches.values()].map((branch) => [branch.id, branch]))
      for (const [branchId, change] of locked.changes.entries()) {
        const branch = byId.get(branchId)
        if (branch === undefined) throw new Error(`The branch ${branchId} was changed without its lock.`)
        const because = { cause, causeId: causeId ?? null, actorName: actor.name }
        // A rehearsal has no readers: what it would publish is thrown away.
        if (!dryRun) await publishBranch(ctx, tx, { repository: locked.repository, branch, change, because })
      }
      if (locked.changes.entries().size > 0) await notify(tx, { topic: 'apt', id: repositoryId })
      return result
    }),
  )
}

async function lockBranches(
  tx: Tx,
  repositoryId: string,
  names: readonly string[],
  wait: boolean,
): Promise<LockedBranches> {
  // In the order of names, whoever asks: two changes never wait for one another.
  const lock = wait ? Prisma.sql`FOR NO KEY UPDATE` : Prisma.sql`FOR NO KEY UPDATE SKIP LOCKED`
  const held = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM apt_branches WHERE repository_id = ${repositoryId}::uuid AND name = ANY(${names}::text[])
    ORDER BY name ${lock}`
  const repository = await tx.aptRepository.findUnique({ where: { id: repositoryId } })
  if (repository === null) throw new AppError('not_found', 'There is no such repository.')
  const rows = await tx.aptBranch.findMany({ where: { repositoryId, name: { in: [...names] } } })
  const branches = new Map(rows.map((branch) => [branch.name, branch]))
  const absent = names.find((name) => !branches.has(name))
  if (absent !== undefined) {
    throw new AppError('not_found', `The repository “${repository.name}” has no branch “${absent}”.`)
  }
  if (held.length < names.length) throw busy()
  return { repository, branches, changes: new BranchChanges() }
}
