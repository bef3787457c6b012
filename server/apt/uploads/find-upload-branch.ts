import { findRepository } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/**
 * The branch that somebody wants to upload to, and its repository.
 * @throws AppError `unauthenticated`, `forbidden`; `not_found`; `forbidden` for a branch that takes approved requests alone.
 */
export async function findUploadBranch(
  ctx: Context,
  actor: Actor,
  { repository: name, branch: branchName }: { repository: string; branch: string },
) {
  authorise(actor, 'apt.upload')
  const repository = await findRepository(ctx.db, name)
  authorise(actor, 'apt.upload', repository.team === null ? {} : { team: repository.team.slug })
  const branch = repository.branches.find((one) => one.name === branchName)
  if (branch === undefined) {
    const shown = branchName.slice(0, 100)
    throw new AppError('not_found', `The repository “${repository.name}” has no branch “${shown}”.`)
  }
  if (branch.approvalRequired) throw needsApproval(branch.name)
  return { repository, branch }
}

/** The refusal of a branch into which packages come by approved requests alone. */
export function needsApproval(branch: string): AppError {
  return new AppError(
    'forbidden',
    `The branch “${branch}” takes approved moves only. Upload to another branch, and ask for a move.`,
  )
}

/** The refusal of a package by itself where every upload must be signed. */
export function needsSignature(repository: string, branch: string): AppError {
  return new AppError(
    'forbidden',
    `“${repository}” takes signed uploads only (its signature policy is “required”), and a package by itself has no signature. Send it with a signed .changes to /upload/${repository}/${branch}/, by dput or dupload.`,
  )
}
