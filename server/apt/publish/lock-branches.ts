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
  const lock = wait ? Prisma.sql`FOR NO KEY UPDATE` : Prisma.sql`FOR NO KEY UPDATE SKIP LOCKED`
  const held = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM apt_branches WHERE repository_id = ${repositoryId}::uuid AND name = ANY(${names}::text[])
    ORDER BY name ${lock}`
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
