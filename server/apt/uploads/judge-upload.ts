import { acceptUpload } from '@/server/apt/uploads/accept-upload'
import { type CheckedUpload, checkUpload } from '@/server/apt/uploads/check-upload'
import type { SeenUpload } from '@/server/apt/uploads/hold-upload'
import { rejectUpload } from '@/server/apt/uploads/reject-upload'
import { finishedVerdict, type Verdict } from '@/server/apt/uploads/verdict'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/**
 * Looks at an upload again after a file of it came: it is accepted whole, rejected whole, or waits. One that is finished
 * already stays what it is. The repository's settings are those of now, however long the file took to come.
 * @throws AppError `not_found` for one whose files were all taken back.
 */
export async function judgeUpload(ctx: Context, actor: Actor, id: string): Promise<Verdict> {
  for (;;) {
    const include = { files: true, repository: true }
    const upload = await ctx.db.aptUpload.findUnique({ where: { id }, include })
    if (upload === null) throw new AppError('not_found', 'There is no such upload.')
    if (upload.state !== 'receiving') return finishedVerdict(upload)
    const verdict = await judge(ctx, actor, upload)
    // A file of it was sent again meanwhile: what was found out is of another upload than there is now.
    if (verdict !== 'changed') return verdict
  }
}

type Judged = SeenUpload & { repository: Parameters<typeof checkUpload>[1] }

async function judge(ctx: Context, actor: Actor, upload: Judged): Promise<Verdict | 'changed'> {
  const { repository } = upload
  const checked = await checkUpload(ctx, repository, upload)
  if (checked.report.code === undefined) {
    if (checked.missing.length > 0) return { state: 'waiting', missing: checked.missing }
    const accepted = await tryAccept(ctx, actor, { upload, checked })
    if (accepted !== undefined) return accepted
  }
  return rejectUpload(ctx, actor, { repository, upload, checked })
}

/** Undefined where the branch, or what is in the pool, speaks against it: the report says how. */
async function tryAccept(
  ctx: Context,
  actor: Actor,
  { upload, checked }: { upload: Judged; checked: CheckedUpload },
): Promise<Verdict | 'changed' | undefined> {
  try {
    return await acceptUpload(ctx, actor, { repository: upload.repository, upload, checked })
  } catch (error) {
    if (!(error instanceof AppError) || !REFUSALS.has(error.code)) throw error
    const code = error.code === 'unprocessable' ? {} : { code: error.code as 'conflict' | 'forbidden' }
    checked.report.error(error.message, code)
    return undefined
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['conflict', 'forbidden', 'unprocessable'])
