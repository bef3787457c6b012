import { createHash } from 'node:crypto'
import type { Tx } from '@/server/db'

/**
 * What an approval is bound to: the SHA-256, in hexadecimal, over the sorted SHA-256 of all files of these packages, each on a
 * line of its own.
 */
export async function filesDigest(tx: Tx, packageIds: readonly bigint[]): Promise<string> {
  const rows = await tx.$queryRaw<{ sha256: string }[]>`
    SELECT DISTINCT sha256 COLLATE "C" AS sha256 FROM apt_package_files
    WHERE package_id = ANY(${packageIds.map(String)}::bigint[]) ORDER BY 1`
  return createHash('sha256')
    .update(rows.map(({ sha256 }) => `${sha256}\n`).join(''))
    .digest('hex')
}
