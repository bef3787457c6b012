import type { AptUpload, AptUploadFile } from '@/prisma/client/client'
import { finishedVerdict, type Verdict } from '@/server/apt/uploads/verdict'
import type { Tx } from '@/server/db'

/** An upload with the files that it had when it was looked at. */
export type SeenUpload = AptUpload & { files: AptUploadFile[] }

/**
 * Holds an upload until the transaction ends, so that what was found out about it is still true of it.
 * @returns what became of it, where somebody else has ended it; `changed` where a file of it is another one by now.
 */
export async function holdUpload(
  tx: Tx,
  { id, files }: SeenUpload,
): Promise<Verdict | 'changed' | undefined> {
  await tx.$queryRaw`SELECT 1 FROM apt_uploads WHERE id = ${id}::uuid FOR UPDATE`
  const now = await tx.aptUpload.findUnique({ where: { id }, include: { files: true } })
  if (now === null) return 'changed'
  if (now.state !== 'receiving') return finishedVerdict(now)
  const seen = new Map(files.map(({ name, sha256 }) => [name, sha256]))
  const isSame =
    now.files.length === seen.size && now.files.every(({ name, sha256 }) => seen.get(name) === sha256)
  return isSame ? undefined : 'changed'
}
