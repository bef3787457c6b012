import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise, refusal } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { readFile } from '@/server/mirror/get-file'
import { receiveUpload, settleUpload, storedAlready, type UploadBody } from '@/server/mirror/receive-upload'
import type { FileDetail } from '@/server/mirror/schema'

interface ContentUpload extends UploadBody {
  id: string
  /** Says whether the upload would be taken, without a look at the body. */
  dryRun?: boolean
}

/**
 * Stores by hand what is no longer on the internet, under the URL it was declared with, marked as uploaded.
 * @throws AppError `conflict` when bytes are stored already; `digest_mismatch` against what was declared; `forbidden`
 *   unless the actor may upload for one of the teams that use the file. Nothing is kept of a refused body.
 */
export async function uploadContent(
  ctx: Context,
  actor: Actor,
  { id, dryRun, ...upload }: ContentUpload,
): Promise<FileDetail> {
  authorise(actor, 'file.upload')
  const file = await readFile(ctx.db, id)
  authoriseForAny(actor, file)
  if (file.sha256 !== null) throw storedAlready()
  if (dryRun) return file
  const received = await receiveUpload(ctx, upload, file.expectedIntegrity)
  return ctx.db.$transaction(async (tx) => {
    await settleUpload(tx, ctx, { id, received, contentType: upload.contentType })
    await recordAudit(tx, ctx, actor, {
      action: 'file.upload',
      subject: { type: 'file', id, name: file.uri },
      details: { sha256: received.sha256, size: received.size },
    })
    return readFile(tx, id)
  })
}

/** For one of the teams that use the file, or, when none does any more, that did. */
function authoriseForAny(actor: Actor, { uses }: FileDetail): void {
  const active = uses.filter((use) => use.retiredAt === null)
  const teams = (active.length > 0 ? active : uses).map((use) => use.team.slug)
  const own = teams.find((team) => refusal(actor, 'file.upload', { team }) === undefined) ?? teams[0]
  authorise(actor, 'file.upload', own === undefined ? {} : { team: own })
}
