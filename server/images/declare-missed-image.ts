import type { z } from 'zod'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { declareImage } from '@/server/images/declare-image'
import { manifestOfUrl } from '@/server/images/image-url'
import type { ImageDetail } from '@/server/images/schema'
import { getMiss } from '@/server/mirror/list-misses'
import type { missDeclare } from '@/server/mirror/schema'

type DeclareMiss = z.infer<typeof missDeclare> & { id: string; dryRun?: boolean }

/**
 * Declares the image that a miss is of; the miss is answered by it.
 * @returns undefined for the miss of a file.
 * @throws AppError as `declareImage`: a miss of a tag has to be resolved first.
 */
export async function declareMissedImage(
  ctx: Context,
  actor: Actor,
  { id, dryRun, ...use }: DeclareMiss,
): Promise<ImageDetail | undefined> {
  authorise(actor, 'miss.decide')
  const missed = manifestOfUrl((await getMiss(ctx, actor, { id })).url)
  if (missed === undefined) return undefined
  const { registry, repository, reference: digest } = missed
  const options = { dryRun: dryRun ?? false }
  return (await declareImage(ctx, actor, { registry, repository, digest, ...use }, options)).image
}
