import type { AptBranch } from '@/prisma/client/client'
import { makeRoom } from '@/server/apt/packages/make-room'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { place } from '@/server/apt/packages/placements'
import { storePackages } from '@/server/apt/packages/store-packages'
import type { LockedBranches } from '@/server/apt/publish/change-branches'
import type { Tx } from '@/server/db'

interface Addition {
  branch: AptBranch
  packages: readonly NewPackage[]
  uploadId?: string | undefined
}

/**
 * Stores packages and puts them in a branch. Older versions that the branch keeps no longer leave it.
 * @returns the ids in the order given, and how many packages are new.
 * @throws AppError `conflict` as `storePackages`.
 */
export async function addPackages(
  tx: Tx,
  locked: LockedBranches,
  { branch, packages, uploadId }: Addition,
): Promise<{ ids: bigint[]; added: number }> {
  const stored = await storePackages(tx, { repositoryId: locked.repository.id, packages, uploadId })
  await makeRoom(tx, locked, branch, await place(tx, locked, branch, stored.ids))
  return stored
}
