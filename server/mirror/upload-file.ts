import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { agreeWithKnown } from '@/server/mirror/agree-with-known'
import type { Declared } from '@/server/mirror/declare-file'
import { declareWithin, type Prepared, prepareDeclaration } from '@/server/mirror/declare-files'
import { mergeExpectations } from '@/server/mirror/expectation'
import { readFile } from '@/server/mirror/get-file'
import { receiveUpload, settleUpload, storedAlready, type UploadBody } from '@/server/mirror/receive-upload'
import type { Declarations, FileInput } from '@/server/mirror/schema'

type FileUpload = FileInput & UploadBody & { dryRun?: boolean }

/**
 * Declares a URL and stores its bytes by hand, at once: what is no longer on the internet is never asked for there. The
 * same rules as for declaring hold.
 * @throws AppError as `declareFile` and `uploadContent`; nothing is declared when the body is refused.
 */
export async function uploadFile(
  ctx: Context,
  actor: Actor,
  { body, contentType, signal, dryRun, ...input }: FileUpload,
): Promise<Declared> {
  authorise(actor, 'file.upload', { team: input.team })
  const prepared = await prepareDeclaration(ctx, { ...input, files: [input] }, () => '')
  const expected = await expectedNow(ctx, prepared)
  if (dryRun) return transact(ctx, { dryRun }, (tx) => declare(tx, ctx, actor, prepared))
  const received = await receiveUpload(ctx, { body, ...(signal && { signal }) }, expected)
  return ctx.db.$transaction(async (tx) => {
    const { outcome, file } = await declare(tx, ctx, actor, prepared)
    await settleUpload(tx, ctx, { id: file.id, received, contentType })
    await recordAudit(tx, ctx, actor, {
      action: 'file.upload',
      subject: { type: 'file', id: file.id, name: file.uri },
      details: { sha256: received.sha256, size: received.size },
    })
    return { outcome, file: await readFile(tx, file.id) }
  })
}

/** What is refused anyway is refused before gigabytes are sent. */
async function expectedNow(ctx: Context, { distinct, digests }: Prepared): Promise<string | null> {
  const [line] = distinct
  if (line === undefined) return null
  const known = await ctx.db.file.findUnique({
    where: { uri: line.uri },
    select: { uri: true, sha256: true, expectedIntegrity: true },
  })
  if (!known) return line.expected
  if (known.sha256 !== null) throw storedAlready()
  agreeWithKnown([line], new Map([[known.uri, known]]), digests)
  return mergeExpectations(known.expectedIntegrity, line.expected) ?? null
}

async function declare(tx: Tx, ctx: Context, actor: Actor, prepared: Prepared): Promise<Declared> {
  const { items } = await declareWithin(tx, ctx, actor, { ...prepared, isUpload: true })
  const { id, outcome } = items[0] as Declarations['items'][number]
  return { outcome, file: await readFile(tx, id as string) }
}
