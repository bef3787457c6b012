import { setTimeout as pause } from 'node:timers/promises'
import type { AptBranch, AptRepository } from '@/prisma/client/client'
import { busy } from '@/server/apt/publish/branch-queue'
import { Prisma, type Tx } from '@/server/db'
import { AppError } from '@/server/errors'

/**
 * Holds branches until the transaction ends, in the order of their names, so that two who want the same never wait for one
 * another.
 * @throws AppError `not_found` for a branch that there is not; `conflict` for one that somebody holds, without `wait`, and
 *   for one that is not among them, with `all`.
 */
export async function lockBranches(
  tx: Tx,
  repositoryId: string,
  names: readonly string[],
  { wait = true, all = false }: { wait?: boolean | undefined; all?: boolean | undefined } = {},
): Promise<{ repository: AptRepository; branches: Map<string, AptBranch> }> {
  const lock = (how: Prisma.Sql) => tx.$queryRaw<unknown[]>`
    SELECT 1 FROM apt_branches WHERE repository_id = ${repositoryId}::uuid AND name = ANY(${names}::text[])
    ORDER BY name ${how}`
  const held = wait ? await lock(Prisma.sql`FOR NO KEY UPDATE`) : await lockUnchanged(tx, names.length, lock)
  const repository = await tx.aptRepository.findUnique({ where: { id: repositoryId } })
  if (repository === null) throw new AppError('not_found', 'There is no such repository.')
  const rows = await tx.aptBranch.findMany({
    where: { repositoryId, ...(!all && { name: { in: [...names] } }) },
  })
  const branches = new Map(rows.map((branch) => [branch.name, branch]))
  const absent = names.find((name) => !branches.has(name))
  if (absent !== undefined) {
    throw new AppError('not_found', `The repository “${repository.name}” has no branch “${absent}”.`)
  }
  // Whoever adds a branch holds all others: with any of them held, none comes any more.
  if (held.length < rows.length) throw busy()
  return { repository, branches }
}

/** Between two looks at branches that are read. */
const LOOK_EVERY_MS = 2

/**
 * Holds branches that nobody changes, and waits for no change of another. Who reads a young snapshot holds its branch as well, for
 * the length of one statement and beside others who read (`SnapshotFinder`): that is waited for.
 * @returns those that are held: of any that is being changed, fewer than asked for.
 */
async function lockUnchanged(
  tx: Tx,
  wanted: number,
  lock: (how: Prisma.Sql) => Promise<unknown[]>,
): Promise<unknown[]> {
  await tx.$executeRaw`SAVEPOINT nothing_held`
  for (;;) {
    const held = await lock(Prisma.sql`FOR NO KEY UPDATE SKIP LOCKED`)
    if (held.length === wanted) return held
    const unchanged = await lock(Prisma.sql`FOR SHARE SKIP LOCKED`)
    // Given back at once: two who look so would keep one another waiting.
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT nothing_held`
    if (unchanged.length < wanted) return held
    await pause(LOOK_EVERY_MS)
  }
}
