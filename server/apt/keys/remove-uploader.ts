import { presentUploader } from '@/server/apt/keys/present-key'
import type { Uploader } from '@/server/apt/keys/schema'
import { findRepositoryFor } from '@/server/apt/repositories/find-repository'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'

/**
 * From now on nothing that this key signs is taken. What it brought stays.
 * @returns the uploader that was.
 * @throws AppError `not_found`, `forbidden`.
 */
export async function removeUploader(
  ctx: Context,
  actor: Actor,
  { repo, id }: { repo: string; id: string },
  { dryRun }: { dryRun?: boolean } = {},
): Promise<Uploader> {
  const repository = await findRepositoryFor(ctx.db, actor, 'apt.manage', repo)
  return transact(ctx, { dryRun }, async (tx) => {
    const row = await tx.aptUploader.findFirst({ where: { id, repositoryId: repository.id } })
    if (row === null) throw new AppError('not_found', `The repository “${repo}” has no such uploader.`)
    await tx.aptUploader.delete({ where: { id } })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.remove-uploader',
      subject: { type: 'apt_uploader', id, name: `${repo}/${row.fingerprint}` },
      details: { name: row.name },
    })
    return presentUploader(row, ctx.now())
  })
}
