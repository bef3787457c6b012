import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { decodeCursor, pageOf } from '@/server/http/cursor'
import { platformsOf, totalSize } from '@/server/oci/browse/manifest-size'
import { viewOfRepository } from '@/server/oci/browse/view'
import type { ManifestQuery, ManifestSummary } from '@/server/oci/schema'

const { sql } = Prisma

/** Tags that are told of one manifest. */
const MAX_TAGS = 5

interface ManifestRow extends Omit<ManifestSummary, 'id' | 'size' | 'createdAt'> {
  size: bigint
  createdAt: Date
}

/**
 * Manifests of a repository, newest first: all, or those that are about another.
 * @throws AppError `forbidden`, `not_found`, `invalid`.
 */
export async function listManifests(
  ctx: Context,
  actor: Actor,
  { cluster, name, only, limit, cursor }: ManifestQuery & { cluster: string },
) {
  const { repository } = await viewOfRepository(ctx, actor, { cluster, name })
  const after = cursor === undefined ? Prisma.empty : afterCursor(cursor)
  const about = only === 'referrers' ? sql`AND subject IS NOT NULL` : Prisma.empty
  const rows = await ctx.db.$queryRaw<ManifestRow[]>`
    WITH page AS MATERIALIZED (
      SELECT repository_id, digest, media_type, artifact_type, subject, pushed_by, created_at FROM manifests
      WHERE repository_id = ${repository.id}::uuid ${after} ${about} ORDER BY created_at DESC, digest DESC LIMIT ${limit + 1})
    SELECT digest, media_type AS "mediaType", artifact_type AS "artifactType", subject, pushed_by AS "pushedBy",
      created_at AS "createdAt", ${totalSize(sql`page.repository_id`, sql`page.digest`)} AS size,
      ${platformsOf(sql`page.repository_id`, sql`page.digest`)} AS platforms,
      ARRAY(SELECT t.name FROM tags t WHERE t.repository_id = page.repository_id AND t.digest = page.digest
        ORDER BY t.name LIMIT ${MAX_TAGS}) AS tags
    FROM page ORDER BY created_at DESC, digest DESC`
  return pageOf(rows, limit, {
    key: (row) => [row.createdAt.toISOString(), row.digest],
    item: (row): ManifestSummary => ({
      ...row,
      id: row.digest,
      size: Number(row.size),
      createdAt: row.createdAt.toISOString(),
    }),
  })
}

function afterCursor(cursor: string): Prisma.Sql {
  const [at = '', digest = ''] = decodeCursor(cursor, 2)
  if (Number.isNaN(Date.parse(at)))
    throw new AppError('invalid', 'This cursor is not one of ours. Start again without it.')
  return sql`AND (created_at, digest) < (${new Date(at)}::timestamptz, ${digest})`
}
