import type { PackageType } from '@/server/apt/packages/schema'
import type { Db, Tx } from '@/server/db'

/** A package as plans and moves speak of it. */
export interface MovablePackage {
  id: bigint
  type: PackageType
  name: string
  version: string
  architecture: string
  sourceName: string
  sourceVersion: string
}

/** The packages of a branch that are called as one of these, in all their versions and architectures. */
export function readNamesakes(
  tx: Tx | Db,
  branch: { id: string; repositoryId: string },
  names: readonly string[],
): Promise<MovablePackage[]> {
  return tx.$queryRaw<MovablePackage[]>`
    SELECT k.id, k.type::text AS type, k.name, k.version, k.architecture, k.source_name AS "sourceName",
      k.source_version AS "sourceVersion"
    FROM (SELECT DISTINCT unnest(${names}::text[]) AS name) meant
    JOIN apt_packages k ON k.repository_id = ${branch.repositoryId}::uuid AND k.name = meant.name COLLATE "C"
    WHERE EXISTS (SELECT FROM apt_placements p WHERE p.branch_id = ${branch.id}::uuid AND p.package_id = k.id)
    ORDER BY k.name, k.architecture, k.id`
}
