import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { urlsOf } from '@/server/images/image-url'
import type { ImageName } from '@/server/mirror/image-reference'

type Answered = { id: string; tag: string | null } & ImageName

/** Misses of these images are answered by their declaration, dismissed ones as well. In one order, as those who record them. */
export async function answerImageMisses(
  tx: Tx,
  ctx: Context,
  actor: Actor,
  images: readonly Answered[],
): Promise<void> {
  const given = images.flatMap((image) =>
    urlsOf(image, image.tag === null ? [] : [image.tag]).map((url) => [url, image.id] as const),
  )
  await tx.$executeRaw`
    WITH given AS (
      SELECT * FROM unnest(${given.map(([url]) => url)}::text[], ${given.map(([, id]) => id)}::uuid[]) AS given(url, image)
    ), asked AS MATERIALIZED (
      SELECT id, url FROM misses WHERE url IN (SELECT url FROM given) AND state <> 'declared' ORDER BY url FOR UPDATE)
    UPDATE misses SET state = 'declared', image_id = (SELECT image FROM given WHERE given.url = asked.url LIMIT 1),
      decided_at = ${ctx.now()}, decided_by_id = ${actor.userId}::uuid
    FROM asked WHERE misses.id = asked.id`
}
