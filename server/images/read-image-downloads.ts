import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { downloadsIn } from '@/server/mirror/read-downloads'
import type { Downloads } from '@/server/mirror/schema'

/** Downloads of one image, as those of a file; one download is one answer with its top manifest. @throws AppError `not_found`. */
export async function readImageDownloads(
  ctx: Context,
  actor: Actor,
  { id, days }: { id: string; days: number },
): Promise<Downloads> {
  authorise(actor, 'image.read')
  if ((await ctx.db.image.count({ where: { id } })) === 0)
    throw new AppError('not_found', 'There is no such image.')
  return downloadsIn(ctx, Prisma.sql`SELECT * FROM image_download_days WHERE image_id = ${id}::uuid`, days)
}
