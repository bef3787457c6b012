import { repositorySubject } from '@/server/apt/repositories/settings'
import type { CheckedRepository, CheckedUpload } from '@/server/apt/uploads/check-upload'
import { holdUpload, type SeenUpload } from '@/server/apt/uploads/hold-upload'
import { firstError } from '@/server/apt/uploads/report'
import { rejection, type Verdict } from '@/server/apt/uploads/verdict'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { notify } from '@/server/events'

interface Rejected {
  repository: Pick<CheckedRepository, 'id' | 'name'>
  upload: SeenUpload
  checked: Pick<CheckedUpload, 'report' | 'changes' | 'signer'>
}

/**
 * Ends an upload with the report that says why. Its files do not wait any more: a corrected one begins anew.
 * @returns what became of it, where somebody else was first; `changed` where it is not what was checked any more.
 */
export async function rejectUpload(
  ctx: Context,
  actor: Actor,
  { repository, upload, checked }: Rejected,
): Promise<Verdict | 'changed'> {
  const { report, changes, signer } = checked
  const { id } = upload
  return ctx.db.$transaction(async (tx) => {
    const held = await holdUpload(tx, upload)
    if (held !== undefined) return held
    await tx.aptUpload.update({
      where: { id },
      data: {
        state: 'rejected',
        source: changes?.source ?? null,
        version: changes?.version ?? null,
        signer: signer?.fingerprint ?? null,
        report: report.lines as unknown as Prisma.InputJsonArray,
        finishedAt: ctx.now(),
      },
    })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.reject-upload',
      subject: repositorySubject(repository),
      details: { upload: id, error: firstError(report.lines) },
    })
    await notify(tx, { topic: 'apt', id: repository.id })
    return rejection(report)
  })
}
