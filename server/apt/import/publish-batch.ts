import type { AptUpload } from '@/prisma/client/client'
import type { ImportReport } from '@/server/apt/import/import-report'
import { addPackages } from '@/server/apt/packages/add-packages'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { place } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { needsApproval } from '@/server/apt/uploads/find-upload-branch'
import { system } from '@/server/auth/permissions'
import { recordBlobs } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

interface Batch {
  upload: AptUpload
  /** Read and stored, no two of the same name, version and architecture. */
  packages: readonly NewPackage[]
  /** Ids of packages that the repository has, to be put in the branch as well. */
  known: readonly bigint[]
}

/** Puts a batch of an import into its branch, in one transaction; what contradicts the repository is reported and left out. */
export async function publishBatch(
  ctx: Context,
  { upload, packages, known }: Batch,
  report: ImportReport,
): Promise<void> {
  const { id, branch: name, repositoryId, actorName } = upload
  const actor = { ...system, name: actorName }
  const outcome = await changeBranches(
    ctx,
    { repositoryId, branches: [name], actor, cause: 'import' },
    async (tx, locked) => {
      const branch = locked.branches.get(name)
      if (branch === undefined) throw new AppError('not_found', `There is no branch “${name}”.`)
      if (branch.approvalRequired) throw needsApproval(name)
      const files = packages.flatMap((one) => one.files)
      await recordBlobs(tx, [...new Map(files.map((file) => [file.sha256, file])).values()])
      const standing = await standingOf(tx, repositoryId, packages)
      const fresh = packages.filter((_, index) => !standing.has(index))
      const same = [...standing.values()].flatMap((row) => (row.isSame ? [row.id] : []))
      const { added } = await addPackages(tx, locked, { branch, packages: fresh, uploadId: id })
      const placed = await place(tx, locked, branch, [...known, ...same])
      const others = [...standing].filter(([, row]) => !row.isSame)
      const present = known.length + same.length - placed.length
      return { result: { added, placed: placed.length, present, others }, causeId: id }
    },
  )
  report.added += outcome.added
  report.placed += outcome.placed
  report.present += outcome.present
  for (const [index, { path, sha256 }] of outcome.others) {
    const { name: own, version, architecture, files } = packages[index] as NewPackage
    report.skip(
      `${own} ${version} ${architecture} is stored with other bytes or at another place: ${path}, SHA-256 ${sha256}; this one has ${files[0]?.sha256}.`,
    )
  }
}

interface Standing {
  id: bigint
  path: string
  sha256: string
  /** The same bytes at the same place. */
  isSame: boolean
}

/** Those of the packages whose name, version and architecture, or whose place in the pool, is taken; by their index. */
async function standingOf(
  tx: Tx,
  repositoryId: string,
  packages: readonly NewPackage[],
): Promise<Map<number, Standing>> {
  const given = packages.flatMap(({ name, version, architecture, files }, index) =>
    files.map(({ path, sha256 }, place) => ({ index, place, name, version, architecture, path, sha256 })),
  )
  const rows = await tx.$queryRaw<(Standing & { index: number })[]>`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
        AS given (index int, place int, name text, version text, architecture text, path text, sha256 text)
    )
    SELECT given.index, k.id, f.path, f.sha256, f.path = given.path AND f.sha256 = given.sha256 AS "isSame"
    FROM given
    JOIN apt_packages k ON k.repository_id = ${repositoryId}::uuid AND k.name = given.name COLLATE "C"
      AND k.version = given.version COLLATE "C" AND k.architecture = given.architecture COLLATE "C"
    JOIN LATERAL (SELECT path, sha256 FROM apt_package_files WHERE package_id = k.id
      ORDER BY path = given.path DESC, path LIMIT 1) f ON true
    WHERE given.place = 0
    UNION ALL
    SELECT given.index, f.package_id, f.path, f.sha256, false
    FROM given JOIN apt_package_files f ON f.repository_id = ${repositoryId}::uuid AND f.path = given.path COLLATE "C"
    WHERE f.sha256 <> given.sha256`
  const found = new Map<number, Standing>()
  for (const { index, ...row } of rows) {
    const known = found.get(index)
    if (known === undefined || known.isSame) found.set(index, row)
  }
  return found
}
