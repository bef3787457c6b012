import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { ImageFacets } from '@/server/images/schema'

type Facet = ImageFacets['states']

/** The registries, states and teams by which the list can be filtered, the most frequent first. Images are few: all are counted. */
export async function readImageFacets(ctx: Context, actor: Actor): Promise<ImageFacets> {
  authorise(actor, 'image.read')
  const [registries, states, teams] = await Promise.all([
    ctx.db.$queryRaw<Facet>`
      SELECT registry AS value, count(*)::int AS count FROM images GROUP BY registry ORDER BY count DESC, value LIMIT 200`,
    ctx.db.$queryRaw<Facet>`
      SELECT CASE WHEN state = 'stored' AND NOT EXISTS (
          SELECT FROM uses WHERE image_id = images.id AND retired_at IS NULL) THEN 'retired' ELSE state::text END AS value,
        count(*)::int AS count
      FROM images GROUP BY 1 ORDER BY count DESC, value`,
    ctx.db.$queryRaw<Facet>`
      SELECT t.slug AS value, count(DISTINCT u.image_id)::int AS count FROM uses u JOIN teams t ON t.id = u.team_id
      WHERE u.image_id IS NOT NULL AND u.retired_at IS NULL GROUP BY t.slug ORDER BY count DESC, value LIMIT 200`,
  ])
  return { registries, states, teams }
}
