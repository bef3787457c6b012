import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { decodeCursor, pageOf } from '@/server/http/cursor'
import { platformsOf, totalSize } from '@/server/oci/browse/manifest-size'
import { viewOfRepository } from '@/server/oci/browse/view'
import type { TagQuery, TagSummary } from '@/server/oci/schema'

const { sql } = Prisma

interface TagRow extends Omit<TagSummary, 'id' | 'size' | 'createdAt' | 'updatedAt'> {
  size: bigint
  createdAt: Date
  updatedAt: Date
}

/**
 * Tags of a repository in the order of the specification. `q` is any part of a tag.
 * @throws AppError `forbidden`, `not_found`, `invalid`.
 */
export async function listTags(
  ctx: Context,
  actor: Actor,
  { cluster, name, q, limit, cursor }: TagQuery & { cluster: string },
) {
  const { repository } = await viewOfRepository(ctx, actor, { cluster, name })
  const after = cursor === undefined ? Prisma.empty : sql`AND name > ${decodeCursor(cursor, 1)[0]}`
  const searched = q ? sql`AND strpos(lower(name), ${q.toLowerCase()}) > 0` : Prisma.empty
  const rows = await ctx.db.$queryRaw<TagRow[]>`
    WITH page AS MATERIALIZED (
      SELECT * FROM tags WHERE repository_id = ${repository.id}::uuid ${after} ${searched} ORDER BY name LIMIT ${limit + 1}),
    known AS MATERIALIZED (
      SELECT m.digest, m.media_type, m.artifact_type, ${totalSize(sql`m.repository_id`, sql`m.digest`)} AS size,
        ${platformsOf(sql`m.repository_id`, sql`m.digest`)} AS platforms
      FROM manifests m
      WHERE m.repository_id = ${repository.id}::uuid AND m.digest IN (SELECT digest FROM page))
    SELECT page.name, page.digest, page.pushed_by AS "pushedBy", page.created_at AS "createdAt",
      page.updated_at AS "updatedAt", known.media_type AS "mediaType", known.artifact_type AS "artifactType",
      known.size, known.platforms
    FROM page JOIN known ON known.digest = page.digest ORDER BY page.name`
  return pageOf(rows, limit, { key: (row) => [row.name], item: presentTag })
}

function presentTag(row: TagRow): TagSummary {
  return {
    ...row,
    id: row.name,
    size: Number(row.size),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
