import type { AptBranch } from '@/prisma/client/client'
import { queuePaths } from '@/server/apt/packages/queue-paths'
import { changeBranches, type LockedBranches } from '@/server/apt/publish/change-branches'
import { findRepositoryFor } from '@/server/apt/repositories/find-repository'
import { presented, presentRepository } from '@/server/apt/repositories/present-repository'
import { given, repositorySubject, rethrowTaken, teamIdOf } from '@/server/apt/repositories/settings'
import type { RepositoryDetail, RepositoryPatch } from '@/server/apt/schema'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

/** What clients read in Release, and what decides which indexes there are. */
const SHOWN = ['origin', 'label', 'components', 'architectures', 'flatLayout', 'contents'] as const

/**
 * Changes the settings of a repository, the order of its branches, and adds branches. What clients see of it is published at once,
 * in the same transaction.
 * @throws AppError `not_found`, `forbidden`; `invalid` for a branch that would go; `conflict` for a host name that is taken, and for
 *   components and architectures that packages have.
 */
export async function changeRepository(
  ctx: Context,
  actor: Actor,
  { repo, ...patch }: RepositoryPatch & { repo: string },
  { dryRun }: { dryRun?: boolean } = {},
): Promise<RepositoryDetail> {
  const repository = await findRepositoryFor(ctx.db, actor, 'apt.manage', repo)
  if (patch.team) authorise(actor, 'apt.manage', { team: patch.team })
  const branches = repository.branches.map(({ name }) => name)
  const request = {
    repositoryId: repository.id,
    branches,
    all: true,
    actor,
    cause: 'settings' as const,
    dryRun,
  }
  const { team, branches: order, ...settings } = patch
  const work = async (tx: Tx, locked: LockedBranches) => {
    const before = { ...locked.repository }
    await requireUnused(tx, before, settings)
    const data = { ...given(settings), ...(team !== undefined && { teamId: await teamIdOf(tx, team) }) }
    // Publishing reads the settings from what the change holds.
    Object.assign(locked.repository, await tx.aptRepository.update({ where: { id: repository.id }, data }))
    // Packages that came while there was no Contents have no paths yet.
    if (locked.repository.contents && !before.contents) await queuePaths(tx, before, actor.userId)
    if (order !== undefined) await arrangeBranches(tx, locked, order)
    const isShown = SHOWN.some((one) => String(locked.repository[one]) !== String(before[one]))
    for (const branch of locked.branches.values()) {
      if (isShown || branch.publicationId === null) locked.changes.touch(branch.id)
    }
    const subject = repositorySubject(before)
    await recordAudit(tx, ctx, actor, { action: 'apt.change-repository', subject, details: given(patch) })
    return { result: await read(ctx, tx, repository.id) }
  }
  const changed = await changeBranches(ctx, request, work).catch((error: unknown) =>
    rethrowTaken(error, patch),
  )
  return dryRun ? changed : read(ctx, ctx.db, repository.id)
}

/** Puts the branches into an order, and makes those that are new. */
async function arrangeBranches(tx: Tx, locked: LockedBranches, order: readonly string[]): Promise<void> {
  const repositoryId = locked.repository.id
  const rows = await tx.aptBranch.findMany({ where: { repositoryId } })
  const lost = rows.find(({ name }) => !order.includes(name))
  if (lost !== undefined) {
    const message = `The branch “${lost.name}” is missing. A branch stays, because its snapshots are served for ever.`
    throw new AppError('invalid', message, { fields: [{ path: 'branches', message }] })
  }
  for (const [position, name] of order.entries()) {
    const branch = await tx.aptBranch.upsert({
      where: { repositoryId_name: { repositoryId, name } },
      create: { repositoryId, name, position },
      update: { position },
    })
    locked.branches.set(name, Object.assign(locked.branches.get(name) ?? ({} as AptBranch), branch))
  }
}

interface Parts {
  components?: readonly string[] | undefined
  architectures?: readonly string[] | undefined
}

/** Nobody can store packages from here on: whoever does locks the repository and looks at what it has. */
async function requireUnused(tx: Tx, before: Required<Parts> & { id: string }, after: Parts): Promise<void> {
  await tx.$queryRaw`SELECT id FROM apt_repositories WHERE id = ${before.id}::uuid FOR NO KEY UPDATE`
  for (const [path, column] of [
    ['components', 'component'],
    ['architectures', 'architecture'],
  ] as const) {
    const gone = before[path].filter((name) => !(after[path] ?? before[path]).includes(name))
    if (gone.length === 0) continue
    const where = { repositoryId: before.id, [column]: { in: gone } }
    const used = await tx.aptPackage.findFirst({ where, select: { name: true, [column]: true } })
    if (used === null) continue
    const message = `The ${column} “${String(used[column])}” cannot be taken away: ${used.name} and perhaps others have it.`
    throw new AppError('conflict', message, { fields: [{ path, message }] })
  }
}

async function read(ctx: Context, tx: Tx, id: string): Promise<RepositoryDetail> {
  const row = await tx.aptRepository.findUniqueOrThrow({ where: { id }, include: presented })
  return presentRepository(ctx, tx, row)
}
