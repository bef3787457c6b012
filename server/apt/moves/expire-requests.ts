import { recordAudit } from '@/server/audit/record'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

/** Ends the requests that nobody decided in time. Called before requests are read or decided, and every hour. */
export async function expireRequests(ctx: Context): Promise<void> {
  const isOver = { state: 'waiting' as const, expiresAt: { lte: ctx.now() } }
  const [first] = await ctx.db.aptMoveRequest.findMany({ where: isOver, select: { id: true }, take: 1 })
  if (first === undefined) return
  await ctx.db.$transaction(async (tx) => {
    const over = await tx.aptMoveRequest.updateManyAndReturn({
      where: isOver,
      data: { state: 'expired' },
      include: { repository: { select: { name: true } } },
    })
    const records = over.map(({ id, repository, fromBranch, toBranch, packages }) => ({
      action: 'apt.request-expire',
      subject: { type: 'apt_request', id, name: `${repository.name}: ${fromBranch} → ${toBranch}` },
      details: { packages: packages as object },
    }))
    await recordAudit(tx, ctx, system, ...records)
  })
}
