import type { AptUpload } from '@/prisma/client/client'
import type { ImportReport } from '@/server/apt/import/import-report'
import { makeRoom } from '@/server/apt/packages/make-room'
import { place } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { needsApproval } from '@/server/apt/uploads/find-upload-branch'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/** Packages put in a branch with one statement. */
const BATCH = 5000
const MANY = 1000

/**
 * Puts what an import brought into its branch and publishes it: all of it at once.
 * @param ids of packages that the repository has.
 * @throws AppError `forbidden` for a branch that takes approved requests alone.
 */
export async function placeImported(
  ctx: Context,
  { upload, ids }: { upload: AptUpload; ids: readonly bigint[] },
  report: ImportReport,
): Promise<void> {
  const { id, branch: name, repositoryId, actorName } = upload
  const request = { repositoryId, branches: [name], actor: { ...system, name: actorName } }
  const placed = await changeBranches(ctx, { ...request, cause: 'import' }, async (tx, locked) => {
    const branch = locked.branches.get(name)
    if (branch === undefined) throw new AppError('not_found', `There is no branch “${name}”.`)
    if (branch.approvalRequired) throw needsApproval(name)
    const arrived: bigint[] = []
    for (let start = 0; start < ids.length; start += BATCH) {
      arrived.push(...(await place(tx, locked, branch, ids.slice(start, start + BATCH))))
    }
    await makeRoom(tx, locked, branch, arrived)
    // The database chooses how to read by what it knows of the tables: of a branch that just grew it would know nothing.
    if (arrived.length >= MANY)
      await tx.$executeRaw`ANALYZE apt_placements, apt_packages (repository_id, name, source_name)`
    return { result: arrived.length, causeId: id }
  })
  // What is new was in no branch before.
  report.placed += placed - report.added
  report.present += ids.length - placed
}
