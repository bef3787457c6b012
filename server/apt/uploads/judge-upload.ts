import type { AptUpload, AptUploadFile } from '@/prisma/client/client'
import { acceptUpload } from '@/server/apt/uploads/accept-upload'
import { type CheckedRepository, type CheckedUpload, checkUpload } from '@/server/apt/uploads/check-upload'
import { rejectUpload } from '@/server/apt/uploads/reject-upload'
import { finishedVerdict, rejection, type Verdict } from '@/server/apt/uploads/verdict'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/**
 * Looks at an upload again after a file of it came: it is accepted whole, rejected whole, or waits. One that is finished
 * already stays what it is.
 */
export async function judgeUpload(
  ctx: Context,
  actor: Actor,
  { repository, id }: { repository: CheckedRepository; id: string },
): Promise<Verdict> {
  const upload = await ctx.db.aptUpload.findUnique({ where: { id }, include: { files: true } })
  if (upload === null) throw new AppError('not_found', 'There is no such upload.')
  if (upload.state !== 'receiving') return finishedVerdict(upload)
  const checked = await checkUpload(ctx, repository, upload)
  if (checked.report.code === undefined) {
    if (checked.missing.length > 0) return { state: 'waiting', missing: checked.missing }
    const accepted = await tryAccept(ctx, actor, { repository, upload, checked })
    if (accepted !== undefined) return accepted
  }
  await rejectUpload(ctx, actor, { repository, id, checked })
  return rejection(checked.report)
}

/** Undefined where the branch, or what is in the pool, speaks against it: the report says how. */
async function tryAccept(
  ctx: Context,
  actor: Actor,
  accepting: {
    repository: CheckedRepository
    upload: AptUpload & { files: AptUploadFile[] }
    checked: CheckedUpload
  },
): Promise<Verdict | undefined> {
  try {
    return await acceptUpload(ctx, actor, accepting)
  } catch (error) {
    if (!(error instanceof AppError) || !REFUSALS.has(error.code)) throw error
    const code = error.code === 'unprocessable' ? {} : { code: error.code as 'conflict' | 'forbidden' }
    accepting.checked.report.error(error.message, code)
    return undefined
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['conflict', 'forbidden', 'unprocessable'])
