import type { CheckedRepository, CheckedUpload } from '@/server/apt/uploads/check-upload'
import { firstError } from '@/server/apt/uploads/report'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { notify } from '@/server/events'

interface Rejected {
  repository: Pick<CheckedRepository, 'id' | 'name'>
  id: string
  checked: Pick<CheckedUpload, 'report' | 'changes' | 'signer'>
}

/** Ends an upload with the report that says why. Its files do not wait any more: a corrected one begins anew. */
export async function rejectUpload(
  ctx: Context,
  actor: Actor,
  { repository, id, checked }: Rejected,
): Promise<void> {
  const { report, changes, signer } = checked
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.aptUpload.updateMany({
      where: { id, state: 'receiving' },
      data: {
        state: 'rejected',
        source: changes?.source ?? null,
        version: changes?.version ?? null,
        signer,
        report: report.lines as unknown as Prisma.InputJsonArray,
        finishedAt: ctx.now(),
      },
    })
    if (count === 0) return
    await recordAudit(tx, ctx, actor, {
      action: 'apt.reject-upload',
      subject: { type: 'apt-repository', id: repository.id, name: repository.name },
      details: { upload: id, error: firstError(report.lines) },
    })
    await notify(tx, { topic: 'apt', id: repository.id })
  })
}
