import type { AptUpload } from '@/prisma/client/client'
import { directoryPlace } from '@/server/apt/import/directory-place'
import { findCandidates } from '@/server/apt/import/find-candidates'
import { importPackages } from '@/server/apt/import/import-packages'
import { ImportReport } from '@/server/apt/import/import-report'
import { urlPlace } from '@/server/apt/import/url-place'
import { type ImportInput, importInput, type ReportLine } from '@/server/apt/uploads/schema'
import { recordAudit } from '@/server/audit/record'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { notify } from '@/server/events'
import { settleFetch } from '@/server/mirror/settle-fetch'
import type { TaskDefinition, TaskRun } from '@/server/tasks/task'

/**
 * Imports packages of another repository into a branch; its subject is the upload. Another run goes on from what is in the
 * repository by then.
 */
export const importTask: TaskDefinition = {
  kind: 'apt_import',
  async run(ctx, run) {
    const upload = await ctx.db.aptUpload.findUnique({ where: { id: run.subjectId } })
    if (upload?.state !== 'receiving') return
    const report = new ImportReport()
    try {
      await importAll(ctx, run, { upload, report })
    } catch (error) {
      throw await settleFetch(ctx, run, error, async ({ state, error: message }) => {
        if (state === 'failed') await finish(ctx, upload, { state: 'rejected', report, error: message })
      })
    }
    await finish(ctx, upload, { state: 'accepted', report })
    await run.log(report.lines()[0]?.message ?? '')
  },
  async cancelled(ctx, uploadId) {
    const upload = await ctx.db.aptUpload.findUnique({ where: { id: uploadId } })
    if (upload === null) return
    const error = 'The import was cancelled. What it had published by then stays.'
    await finish(ctx, upload, { state: 'rejected', report: new ImportReport(), error })
  },
}

async function importAll(
  ctx: Context,
  run: TaskRun,
  { upload, report }: { upload: AptUpload; report: ImportReport },
): Promise<void> {
  const wanted = importInput.parse(upload.importFrom)
  const destination = await ctx.db.aptRepository.findUniqueOrThrow({ where: { id: upload.repositoryId } })
  const place = placeOf(ctx, wanted, run.signal)
  run.progress({ step: 'Reading indexes', done: 0, total: null, unit: 'packages' })
  const candidates = await findCandidates({
    ...{ place, wanted, architectures: destination.architectures, now: ctx.now() },
    warn: (message, file) => report.warn(message, file),
  })
  await importPackages(ctx, run, { upload, place, candidates, destination, report })
}

function placeOf(ctx: Context, { url, directory }: ImportInput, signal: AbortSignal) {
  return url === undefined ? directoryPlace(directory as string) : urlPlace(ctx, url, signal)
}

interface End {
  state: 'accepted' | 'rejected'
  report: ImportReport
  error?: string | undefined
}

async function finish(ctx: Context, upload: AptUpload, { state, report, error }: End): Promise<void> {
  const lines: ReportLine[] = [
    ...(error === undefined ? [] : [{ level: 'error' as const, message: error }]),
    ...report.lines(),
  ]
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.aptUpload.updateMany({
      where: { id: upload.id, state: 'receiving' },
      data: { state, report: lines as unknown as Prisma.InputJsonArray, finishedAt: ctx.now() },
    })
    if (count === 0) return
    await recordAudit(tx, ctx, system, {
      action: state === 'accepted' ? 'apt.finish-import' : 'apt.reject-import',
      subject: { type: 'apt-upload', id: upload.id, name: upload.branch },
      details: { added: report.added, placed: report.placed, ...(error !== undefined && { error }) },
    })
    await notify(tx, { topic: 'apt', id: upload.repositoryId })
  })
}
