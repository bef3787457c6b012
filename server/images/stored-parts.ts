import { Readable } from 'node:stream'
import { holdBlobs, type Received, recordBlob } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import type { Part } from '@/server/images/tree'
import { parseDigest } from '@/server/oci/digest'

/**
 * Finds which of these contents are in the store already, whatever brought them, and notes it in them.
 * @throws AppError `digest_mismatch` when a manifest says another size than a content has.
 */
export async function findStored(ctx: Context, parts: readonly Part[]): Promise<void> {
  const sought = parts.filter(({ sha256 }) => sha256 === undefined).map(({ digest }) => digest)
  if (sought.length === 0) return
  await holdBlobs(
    ctx.db,
    sought.flatMap((digest) => (digest.startsWith('sha256:') ? [digest.slice(7)] : [])),
  )
  const { rows } = await ctx.pool.query<{ digest: string; sha256: string; size: string }>({
    name: 'find-stored-parts',
    text: `
      SELECT 'sha256:' || sha256 AS digest, sha256, size FROM blobs
      WHERE sha256 IN (SELECT substr(digest, 8) FROM unnest($1::text[]) AS digest WHERE digest LIKE 'sha256:%')
      UNION ALL
      SELECT DISTINCT ON (p.digest) p.digest, b.sha256, b.size FROM image_parts p JOIN blobs b USING (sha256)
      WHERE p.digest = ANY ($1::text[]) AND p.digest LIKE 'sha512:%'`,
    values: [sought],
  })
  const known = new Map(rows.map((row) => [row.digest, row]))
  for (const part of parts) {
    const row = known.get(part.digest)
    if (row !== undefined) settle(part, { sha256: row.sha256, size: Number(row.size) })
  }
}

/** @throws AppError `digest_mismatch`. */
function settle(part: Part, { sha256, size }: { sha256: string; size: number }): void {
  if (part.size !== null && part.size !== size) {
    const message = `The image says that ${part.digest} has ${part.size} bytes; it has ${size}.`
    throw new AppError('digest_mismatch', message)
  }
  part.size = size
  part.sha256 = sha256
}

/**
 * Takes a body that came whole for the content of a part: checks it, stores it, and notes it in the part.
 * @throws AppError `digest_mismatch`; nothing is left behind then.
 */
export async function storePart(part: Part, received: Received): Promise<void> {
  const { algorithm, hex } = parseDigest(part.digest) ?? {}
  const found = algorithm === undefined ? undefined : received.digests[algorithm]
  try {
    if (found !== hex) {
      const message = `${part.digest} came with other bytes, whose digest is ${algorithm}:${found}.`
      throw new AppError('digest_mismatch', message)
    }
    settle(part, received)
    await received.commit()
  } catch (error) {
    part.sha256 = undefined
    await received.discard()
    throw error
  }
}

/** Stores a content that is in memory. The row is written at once: a later run finds it. */
export async function storeBytes(ctx: Context, part: Part, bytes: Buffer): Promise<void> {
  const body = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false })
  const received = await ctx.blobs.receive(body, { algorithms: ['sha512'] })
  await storePart(part, received)
  await recordBlob(ctx.db, received)
}

/** Notes in the ledger that a part is stored, and how far the image is. */
export async function recordPart(
  ctx: Context,
  imageId: string,
  part: Part,
  partsDone: number,
): Promise<void> {
  const { digest, sha256, size } = part
  await ctx.db.$transaction(async (tx) => {
    await recordBlob(tx, { sha256: sha256 as string, size: size as number })
    await tx.imagePart.updateMany({
      where: { imageId, digest },
      data: { sha256: sha256 as string, size: size as number },
    })
    await tx.image.updateMany({ where: { id: imageId }, data: { partsDone } })
    await notify(tx, { topic: 'image', id: imageId })
  })
}
