import type { AuditRecord } from '@/server/audit/record'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { refuseUnmatched } from '@/server/images/platforms'
import { type ImageName, referenceOf } from '@/server/mirror/image-reference'

interface HeldImage extends ImageName {
  id: string
  state: string
  platforms: string[]
  mediaType: string | null
}

/** The image, held still until the transaction ends. @throws AppError `not_found`. */
export async function holdImage(tx: Tx, id: string): Promise<HeldImage> {
  const [image] = await tx.$queryRaw<HeldImage[]>`
    SELECT id, registry, repository, digest, state::text AS state, platforms, media_type AS "mediaType"
    FROM images WHERE id = ${id}::uuid FOR UPDATE`
  if (!image) throw new AppError('not_found', 'There is no such image.')
  return image
}

/** An image as the log names it. */
export function subjectOf(image: { id: string } & ImageName): AuditRecord['subject'] {
  return { type: 'image', id: image.id, name: referenceOf(image) }
}

/**
 * Refuses platforms that an index is known not to have; of one that was never read nothing is known.
 * @throws AppError `unprocessable`.
 */
export async function refuseUnknown(tx: Tx, imageId: string, platforms: readonly string[]): Promise<void> {
  const children = await tx.imagePart.findMany({
    where: { imageId, platform: { not: null }, kind: { in: ['index', 'manifest'] } },
    select: { platform: true },
    distinct: ['platform'],
  })
  const known = children.flatMap(({ platform }) => platform ?? []).filter((one) => one !== 'unknown/unknown')
  if (known.length > 0) refuseUnmatched(platforms, known)
}
