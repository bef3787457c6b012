import { forgetBlob } from '@/server/blobs/forget-blob'
import type { Context } from '@/server/context'

/** How long the files of a rejected upload can be looked at. */
const KEPT_DAYS = 30
const KEPT_MS = KEPT_DAYS * 86_400_000
/** Files in one sweep; the rest has the next. */
const MOST = 2_000

interface Expired {
  upload_id: string
  name: string
  sha256: string
  size: bigint
}

/**
 * Gives up the files of uploads that were rejected long ago: their bytes go, unless anything else has the same, and the report
 * keeps their names and hashes.
 * @returns how many files there were.
 */
export async function forgetRejected(ctx: Context): Promise<number> {
  const rows = await ctx.db.$queryRaw<Expired[]>`
    SELECT f.upload_id, f.name, f.sha256, f.size FROM apt_uploads u JOIN apt_upload_files f ON f.upload_id = u.id
    WHERE u.state = 'rejected' AND u.finished_at < ${new Date(ctx.now().getTime() - KEPT_MS)}
    ORDER BY u.id, f.name LIMIT ${MOST}`
  let forgotten = 0
  for (const row of rows) if (await forgetFile(ctx, row)) forgotten += 1
  return forgotten
}

class Young extends Error {}

/** One file in one transaction: what a crash leaves, the next sweep does again. */
async function forgetFile(ctx: Context, { upload_id: id, name, sha256, size }: Expired): Promise<boolean> {
  const message = `Its ${size} bytes, SHA-256 ${sha256}, were kept for ${KEPT_DAYS} days.`
  const note = JSON.stringify([{ level: 'note', file: name, message }])
  try {
    return await ctx.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM apt_uploads WHERE id = ${id}::uuid FOR UPDATE`
      const { count } = await tx.aptUploadFile.deleteMany({ where: { uploadId: id, name, sha256 } })
      if (count === 0) return false
      await tx.$executeRaw`UPDATE apt_uploads SET report = report || ${note}::jsonb WHERE id = ${id}::uuid`
      if ((await forgetBlob(ctx, tx, sha256)) === 'young') throw new Young()
      return true
    })
  } catch (error) {
    if (error instanceof Young) return false
    throw error
  }
}
