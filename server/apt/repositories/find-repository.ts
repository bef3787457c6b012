import type { AptBranch, AptRepository } from '@/prisma/client/client'
import { type Action, type Actor, authorise } from '@/server/auth/permissions'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

/** A repository with the team it belongs to, and its branches in the order of promotion. */
export interface FoundRepository extends AptRepository {
  team: { slug: string } | null
  branches: AptBranch[]
}

/**
 * The repository of this name.
 * @throws AppError `not_found`.
 */
export async function findRepository(db: Tx, name: string): Promise<FoundRepository> {
  const found = await db.aptRepository.findUnique({
    where: { name },
    include: { team: { select: { slug: true } }, branches: { orderBy: { position: 'asc' } } },
  })
  if (found !== null) return found
  throw new AppError('not_found', `There is no repository “${name.slice(0, 100)}”.`)
}

/**
 * A branch by its repository's name and its own.
 * @throws AppError `not_found`, naming what there is not.
 */
export async function findBranch(db: Tx, repository: string, name: string): Promise<AptBranch> {
  const { branches } = await findRepository(db, repository)
  return branchOf(repository, branches, name)
}

/** One of the branches by its name. @throws AppError `not_found`. */
export function branchOf<Branch extends { name: string }>(
  repository: string,
  branches: readonly Branch[],
  name: string,
): Branch {
  const branch = branches.find((one) => one.name === name)
  if (branch !== undefined) return branch
  throw new AppError('not_found', `The repository “${repository}” has no branch “${name.slice(0, 100)}”.`)
}

/**
 * The repository of this name, for somebody who wants to do something to it. Who may do so to none learns nothing about names.
 * @throws AppError `unauthenticated`, `forbidden`, `not_found`.
 */
export async function findRepositoryFor(
  db: Tx,
  actor: Actor,
  action: Action,
  name: string,
): Promise<FoundRepository> {
  authorise(actor, action)
  const repository = await findRepository(db, name)
  authorise(actor, action, concernOf(repository))
  return repository
}

/** What a right about a repository is asked for: for its team, or for nobody in particular. */
export function concernOf({ team }: { team: { slug: string } | null }): { team?: string } {
  return team === null ? {} : { team: team.slug }
}
