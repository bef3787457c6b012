import { presented, presentRepository } from '@/server/apt/repositories/present-repository'
import type { RepositoryDetail } from '@/server/apt/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/** A repository by its name. @throws AppError `not_found`. */
export async function getRepository(
  ctx: Context,
  actor: Actor,
  { repo }: { repo: string },
): Promise<RepositoryDetail> {
  authorise(actor, 'apt.read')
  const row = await ctx.db.aptRepository.findUnique({ where: { name: repo }, include: presented })
  if (row === null) throw new AppError('not_found', `There is no repository “${repo}”.`)
  return presentRepository(ctx, ctx.db, row)
}
