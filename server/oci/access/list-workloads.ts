import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { decodeCursor, pageOf } from '@/server/http/cursor'
import type { Workload } from '@/server/oci/access/schema'
import { noSuchWorkload, presentWorkload, withTeam } from '@/server/oci/access/workload-rows'

/** Pipelines that sign in by tokens of their own, by name. */
export async function listWorkloads(
  ctx: Context,
  actor: Actor,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  authorise(actor, 'workload.read')
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0]
  const rows = await ctx.db.workloadIdentity.findMany({
    where: after === undefined ? {} : { name: { gt: after } },
    include: withTeam,
    orderBy: { name: 'asc' },
    take: limit + 1,
  })
  return pageOf(rows, limit, { key: ({ name }) => [name], item: presentWorkload })
}

/** One of them. @throws AppError `not_found`. */
export async function getWorkload(ctx: Context, actor: Actor, { id }: { id: string }): Promise<Workload> {
  authorise(actor, 'workload.read')
  const row = await ctx.db.workloadIdentity.findUnique({ where: { id }, include: withTeam })
  if (row === null) throw noSuchWorkload()
  return presentWorkload(row)
}
