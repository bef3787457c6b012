import type { AptUpload } from '@/prisma/client/client'
import type { ImportReport } from '@/server/apt/import/import-report'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { storePackages } from '@/server/apt/packages/store-packages'
import { recordBlobs } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

/**
 * Stores a batch of an import, in one transaction and in no branch yet; what contradicts the repository is reported and left out.
 * @param packages read and their bytes stored, no two of the same name, version and architecture.
 * @returns ids of all that the repository has now.
 */
export async function storeBatch(
  ctx: Context,
  { upload, packages }: { upload: AptUpload; packages: readonly NewPackage[] },
  report: ImportReport,
): Promise<bigint[]> {
  const { id: uploadId, repositoryId } = upload
  const { ids, added, others } = await ctx.db.$transaction(async (tx) => {
    const files = packages.flatMap((one) => one.files)
    await recordBlobs(tx, [...new Map(files.map((file) => [file.sha256, file])).values()])
    // Nobody adds to the repository between the look and the storing.
    await tx.$queryRaw`SELECT 1 FROM apt_repositories WHERE id = ${repositoryId}::uuid FOR NO KEY UPDATE`
    const standing = await standingOf(tx, repositoryId, packages)
    const fresh = packages.filter((_, index) => !standing.has(index))
    const same = [...standing.values()].flatMap((row) => (row.isSame ? [row.id] : []))
    const stored = await storePackages(tx, { repositoryId, packages: fresh, uploadId })
    const others = [...standing].filter(([, row]) => !row.isSame)
    return { ids: [...stored.ids, ...same], added: stored.added, others }
  })
  report.added += added
  for (const [index, { path, sha256 }] of others) {
    const { name, version, architecture, files } = packages[index] as NewPackage
    report.skip(
      `${name} ${version} ${architecture} is stored with other bytes or at another place: ${path}, SHA-256 ${sha256}; this one has ${files[0]?.sha256}.`,
    )
  }
  return ids
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
