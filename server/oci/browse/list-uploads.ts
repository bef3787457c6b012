import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { idOfCursor } from '@/server/http/cursor'
import { readablePage, viewOf } from '@/server/oci/browse/view'
import type { UploadQuery, UploadSummary } from '@/server/oci/schema'

/**
 * Uploads under way in a cluster, or to one of its repositories, the newest first: of repositories that the person may read.
 * @throws AppError `not_found` for an unknown cluster, `invalid`.
 */
export async function listUploads(
  ctx: Context,
  actor: Actor,
  { cluster, name, limit, cursor }: UploadQuery & { cluster: string },
): Promise<{ items: UploadSummary[]; nextCursor: string | null }> {
  const view = viewOf(ctx, actor, cluster)
  const { rows, nextCursor } = await readablePage(
    { limit, after: idOfCursor(cursor) },
    (last, take) =>
      ctx.db.upload.findMany({
        where: {
          repository: { cluster, ...(name !== undefined && { name }) },
          ...(last !== undefined && { id: { lt: last } }),
        },
        orderBy: { id: 'desc' },
        take,
        include: { repository: { select: { name: true } } },
      }),
    {
      key: ({ id }) => id,
      async readable(found) {
        const open = await view.readable(found.map(({ repository }) => repository.name))
        return found.filter(({ repository }) => open.has(repository.name))
      },
    },
  )
  const items = rows.map((row) => ({
    id: row.id,
    repository: row.repository.name,
    received: Number(row.received),
    startedBy: row.startedBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }))
  return { items, nextCursor }
}
