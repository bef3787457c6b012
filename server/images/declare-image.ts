import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { declareImagesWithin, prepareImages } from '@/server/images/declare-images'
import { readImageDetail } from '@/server/images/get-image'
import type { ImageDeclarations, ImageDetail, ImageInput } from '@/server/images/schema'
import type { DeclareOptions } from '@/server/mirror/declare-files'

interface DeclaredImage {
  outcome: ImageDeclarations['items'][number]['outcome']
  /** As it is now; after a rehearsal, as it would be. */
  image: ImageDetail
}

/** Declares one image. @throws AppError `invalid` with a fault per field; a tag instead of a digest is one. */
export async function declareImage(
  ctx: Context,
  actor: Actor,
  input: ImageInput,
  options: DeclareOptions = {},
): Promise<DeclaredImage> {
  authorise(actor, 'image.declare', { team: input.team })
  const { reference, registry, repository, digest, platforms, ...use } = input
  const image = { reference, registry, repository, digest, platforms }
  const prepared = await prepareImages(ctx, { ...use, images: [image] }, () => '')
  return transact(ctx, options, async (tx) => {
    const { items } = await declareImagesWithin(tx, ctx, actor, prepared)
    const { id, outcome } = items[0] as ImageDeclarations['items'][number]
    return { outcome, image: await readImageDetail(tx, id as string) }
  })
}
