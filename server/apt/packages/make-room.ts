import type { AptBranch } from '@/prisma/client/client'
import { unplace } from '@/server/apt/packages/placements'
import { readNamesakes } from '@/server/apt/packages/read-namesakes'
import { supersededBy, type VersionedPackage } from '@/server/apt/packages/superseded'
import type { LockedBranches } from '@/server/apt/publish/change-branches'
import type { Tx } from '@/server/db'

/**
 * Takes the older versions out of a branch that it keeps no longer beside packages that just came. They stay in the pool.
 * @param arrived ids of packages that were not in the branch before.
 */
export async function makeRoom(
  tx: Tx,
  locked: LockedBranches,
  branch: AptBranch,
  arrived: readonly bigint[],
): Promise<void> {
  if (branch.keepVersions === null || arrived.length === 0) return
  const rows = await tx.$queryRaw<VersionedPackage[]>`
    SELECT id, name, version, architecture FROM apt_packages WHERE id = ANY(${arrived.map(String)}::bigint[])`
  const present = await readNamesakes(tx, branch, [...new Set(rows.map(({ name }) => name))])
  const superseded = supersededBy(rows, present, branch.keepVersions)
  const leaving = superseded.filter(({ leaves }) => leaves).map((one) => one.package.id)
  if (leaving.length > 0) await unplace(tx, locked, branch, leaving)
}
