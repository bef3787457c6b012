import { findRepository } from '@/server/apt/repositories/find-repository'
import { linesOf, presentUpload } from '@/server/apt/uploads/present-upload'
import { listedNames } from '@/server/apt/uploads/read-changes'
import type { UploadDetail } from '@/server/apt/uploads/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

const MAX_PACKAGES = 1_000

/** One upload with its report, its files and what it brought. @throws AppError `not_found`. */
export async function getUpload(
  ctx: Context,
  actor: Actor,
  { repo: name, id }: { repo: string; id: string },
): Promise<UploadDetail> {
  authorise(actor, 'apt.read')
  const repository = await findRepository(ctx.db, name)
  const row = await ctx.db.aptUpload.findUnique({
    where: { id, repositoryId: repository.id },
    include: {
      files: { orderBy: { name: 'asc' } },
      packages: {
        select: { id: true, name: true, version: true, architecture: true, type: true },
        orderBy: [{ name: 'asc' }, { architecture: 'asc' }],
        take: MAX_PACKAGES,
      },
    },
  })
  if (row === null) throw new AppError('not_found', 'There is no such upload.')
  const changes = row.files.find((file) => file.name === row.changesName)
  const isOpen = row.state === 'receiving' && changes !== undefined
  const listed = isOpen ? await listedNames(ctx, changes.sha256) : []
  const have = new Set(row.files.map((file) => file.name))
  return {
    ...presentUpload(row, repository.name),
    report: linesOf(row),
    received: row.files.map((file) => ({
      name: file.name,
      size: Number(file.size),
      sha256: file.sha256,
      receivedAt: file.receivedAt.toISOString(),
    })),
    missing: listed.filter((one) => !have.has(one)),
    packages: row.packages.map((one) => ({ ...one, id: String(one.id) })),
  }
}
