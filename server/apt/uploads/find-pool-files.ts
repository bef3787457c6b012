import type { ListedFile } from '@/server/apt/format/file-list'
import type { FileDigests } from '@/server/apt/packages/describe-deb'
import type { Context } from '@/server/context'

interface Row {
  sha256: string
  sha1: string
  md5: string
  size: bigint
}

/**
 * Files of a source that earlier uploads brought, such as the upstream tarball of a new revision.
 * @param files as a .dsc lists them: only those with the same SHA-256 are found.
 * @returns by name.
 */
export async function findPoolFiles(
  ctx: Context,
  repositoryId: string,
  { source, files }: { source: string; files: readonly ListedFile[] },
): Promise<Map<string, FileDigests>> {
  if (files.length === 0) return new Map()
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT DISTINCT ON (f.sha256) f.sha256, f.sha1, f.md5, f.size
    FROM apt_package_files f JOIN apt_packages k ON k.id = f.package_id
    WHERE f.repository_id = ${repositoryId}::uuid AND k.source_name = ${source} COLLATE "C"
      AND f.sha256 = ANY(${files.map(({ sha256 }) => sha256)}::text[])`
  const bySha256 = new Map(rows.map((row) => [row.sha256, row]))
  return new Map(
    files.flatMap(({ name, sha256 }) => {
      const row = bySha256.get(sha256)
      if (row === undefined) return []
      const { sha1, md5, size } = row
      return [[name, { sha256, sha1, md5, size: Number(size) }] as const]
    }),
  )
}
