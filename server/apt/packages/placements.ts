import type { AptBranch } from '@/prisma/client/client'
import type { Delta, Touched } from '@/server/apt/publish/branch-changes'
import type { LockedBranches } from '@/server/apt/publish/change-branches'
import type { Tx } from '@/server/db'

interface PlacedRow extends Touched {
  package_id: bigint
  source: boolean
  size: bigint
}

/**
 * Puts packages into a branch, and says so to publishing. Those that are in it stay.
 * @returns the ids of those that were not.
 */
export async function place(
  tx: Tx,
  locked: LockedBranches,
  branch: AptBranch,
  packageIds: readonly bigint[],
): Promise<bigint[]> {
  const rows = await tx.$queryRaw<PlacedRow[]>`
    WITH added AS (
      INSERT INTO apt_placements (branch_id, package_id, list, name, source_name, source_version)
      SELECT ${branch.id}::uuid, k.id,
        k.component || CASE k.type
          WHEN 'source' THEN '/source'
          WHEN 'udeb' THEN '/debian-installer/binary-' || k.architecture
          ELSE '/binary-' || k.architecture END,
        k.name, k.source_name, k.source_version
      FROM apt_packages k
      WHERE k.id = ANY(${packageIds.map(String)}::bigint[]) AND k.repository_id = ${locked.repository.id}::uuid
      ON CONFLICT DO NOTHING
      RETURNING package_id, list, name)
    SELECT added.*, k.type = 'source' AS source, k.size FROM added JOIN apt_packages k ON k.id = added.package_id`
  return changed(locked, branch, rows, 1)
}

/**
 * Takes packages out of a branch, and says so to publishing. They stay in the pool.
 * @returns the ids of those that were in it.
 */
export async function unplace(
  tx: Tx,
  locked: LockedBranches,
  branch: AptBranch,
  packageIds: readonly bigint[],
): Promise<bigint[]> {
  const rows = await tx.$queryRaw<PlacedRow[]>`
    WITH gone AS (
      DELETE FROM apt_placements
      WHERE branch_id = ${branch.id}::uuid AND package_id = ANY(${packageIds.map(String)}::bigint[])
      RETURNING package_id, list, name)
    SELECT gone.*, k.type = 'source' AS source, k.size FROM gone JOIN apt_packages k ON k.id = gone.package_id`
  return changed(locked, branch, rows, -1)
}

function changed(
  { changes }: LockedBranches,
  branch: AptBranch,
  rows: readonly PlacedRow[],
  sign: 1 | -1,
): bigint[] {
  if (rows.length === 0) return []
  const delta: Delta = { packages: 0, sources: 0, size: 0n }
  for (const { source, size } of rows) {
    if (source) delta.sources += sign
    else delta.packages += sign
    delta.size += BigInt(sign) * size
  }
  changes.touch(branch.id, rows)
  changes.count(branch.id, delta)
  return rows.map(({ package_id }) => package_id)
}
