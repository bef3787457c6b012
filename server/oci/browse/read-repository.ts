import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { addressOf } from '@/server/oci/browse/list-clusters'
import { viewOfRepository } from '@/server/oci/browse/view'
import type { RepositoryDetail } from '@/server/oci/schema'

interface Totals {
  tags: bigint
  lastPushAt: Date | null
  manifests: bigint
  referrers: bigint
  uploads: bigint
  blobs: bigint
  bytes: bigint
  ownBytes: bigint
}

/**
 * One repository: what it holds, and what the person may do to it.
 * @throws AppError `forbidden`, `not_found`.
 */
export async function readRepository(
  ctx: Context,
  actor: Actor,
  { cluster, name }: { cluster: string; name: string },
): Promise<RepositoryDetail> {
  const { repository, decide } = await viewOfRepository(ctx, actor, { cluster, name })
  const { id } = repository
  const [[totals], write, remove, administer] = await Promise.all([
    ctx.db.$queryRaw<Totals[]>`
      SELECT pushed.*,
        (SELECT count(*) FROM manifests WHERE repository_id = ${id}::uuid) AS manifests,
        (SELECT count(*) FROM manifests WHERE repository_id = ${id}::uuid AND subject IS NOT NULL) AS referrers,
        (SELECT count(*) FROM uploads WHERE repository_id = ${id}::uuid) AS uploads, held.*
      FROM (
        SELECT count(*) AS blobs, coalesce(sum(b.size), 0)::bigint AS bytes,
          coalesce(sum(b.size) FILTER (WHERE NOT EXISTS (SELECT FROM repository_blobs other
            WHERE other.cluster = b.cluster AND other.digest = b.digest AND other.repository_id <> ${id}::uuid)), 0)::bigint
            AS "ownBytes"
        FROM repository_blobs rb JOIN cluster_blobs b ON b.cluster = rb.cluster AND b.digest = rb.digest
        WHERE rb.repository_id = ${id}::uuid) AS held,
      (SELECT count(*) AS tags, max(updated_at) AS "lastPushAt" FROM tags WHERE repository_id = ${id}::uuid) AS pushed`,
    decide('write', name),
    decide('remove', name),
    decide('administer', name),
  ])
  return {
    id,
    cluster,
    name,
    ...addressOf(ctx, cluster),
    immutableTags: repository.immutableTags,
    tags: Number(totals?.tags ?? 0),
    manifests: Number(totals?.manifests ?? 0),
    referrers: Number(totals?.referrers ?? 0),
    uploads: Number(totals?.uploads ?? 0),
    blobs: Number(totals?.blobs ?? 0),
    bytes: Number(totals?.bytes ?? 0),
    ownBytes: Number(totals?.ownBytes ?? 0),
    may: { write, remove, administer },
    createdAt: repository.createdAt.toISOString(),
    lastPushAt: totals?.lastPushAt?.toISOString() ?? null,
  }
}
