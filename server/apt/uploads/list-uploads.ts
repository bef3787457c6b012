import { findRepository } from '@/server/apt/repositories/find-repository'
import { presentUpload } from '@/server/apt/uploads/present-upload'
import type { UploadQuery, UploadSummary } from '@/server/apt/uploads/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { idOfCursor, pageOf } from '@/server/http/cursor'

/**
 * Uploads and imports of a repository, newest first; `q` is any part of the names of source, .changes or who sent it.
 * @throws AppError `not_found`, `invalid`.
 */
export async function listUploads(
  ctx: Context,
  actor: Actor,
  { repo: name, limit, cursor, state, branch, q }: UploadQuery & { repo: string },
): Promise<{ items: UploadSummary[]; nextCursor: string | null }> {
  authorise(actor, 'apt.read')
  const repository = await findRepository(ctx.db, name)
  const before = idOfCursor(cursor)
  const part = { contains: q ?? '', mode: 'insensitive' } as const
  const where: Prisma.AptUploadWhereInput = {
    repositoryId: repository.id,
    ...(before !== undefined && { id: { lt: before } }),
    ...(state && { state }),
    ...(branch && { branch }),
    ...(q && { OR: [{ source: part }, { changesName: part }, { actorName: part }] }),
  }
  const rows = await ctx.db.aptUpload.findMany({
    where,
    include: { files: { select: { size: true } } },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return pageOf(rows, limit, {
    key: ({ id }) => [id],
    item: (row) => presentUpload(row, repository.name),
  })
}
