import { recordAudit } from '@/server/audit/record'
import { system } from '@/server/auth/permissions'
import { recordBlob } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { notify } from '@/server/events'
import { type Fetched, fetchBytes } from '@/server/mirror/fetch-bytes'
import { refuseUnexpected } from '@/server/mirror/refuse-unexpected'
import { settleFetch } from '@/server/mirror/settle-fetch'
import { parseUri } from '@/server/mirror/uri'
import type { TaskDefinition } from '@/server/tasks/task'

/**
 * Fetches a declared file from its upstream and stores it; its subject is the file. The file shows at any time what is
 * true: `fetching` while it runs, `pending` with the last error and the time of the next attempt, `failed`, or `stored`.
 * What is stored already stays as it is.
 */
export const fetchFileTask: TaskDefinition = {
  kind: 'fetch_file',
  async run(ctx, run) {
    const file = await begin(ctx, run.subjectId)
    if (!file) return
    try {
      const wanted = { uri: parseUri(file.uri), expectation: file.expectedIntegrity }
      await store(ctx, file, await fetchBytes(ctx, run, wanted))
    } catch (error) {
      throw await settleFetch(ctx, run, error, (setback) => change(ctx, run.subjectId, setback))
    }
  },
  async cancelled(ctx, fileId) {
    await change(ctx, fileId, { state: 'failed', errorCode: 'cancelled', error: 'The fetch was cancelled.' })
  },
}

interface FileRow {
  id: string
  uri: string
  expectedIntegrity: string | null
}

/** Undefined when there is nothing to fetch. A run that died left `fetching` behind: that is taken up again. */
async function begin(ctx: Context, id: string): Promise<FileRow | undefined> {
  const [file] = await ctx.db.file.updateManyAndReturn({
    where: { id, state: { not: 'stored' } },
    data: {
      state: 'fetching',
      attempts: { increment: 1 },
      nextAttemptAt: null,
      errorCode: null,
      error: null,
    },
    select: { id: true, uri: true, expectedIntegrity: true },
  })
  if (file) await notify(ctx.db, { topic: 'file', id })
  return file
}

/** Bytes first, then one transaction for all that refers to them. */
async function store(
  ctx: Context,
  file: FileRow,
  { received, representation, redirects }: Fetched,
): Promise<void> {
  await received.commit().catch(async (error) => {
    await received.discard()
    throw error
  })
  await ctx.db.$transaction(async (tx) => {
    await refuseUnexpected(tx, file.id, received)
    await recordBlob(tx, received)
    const { count } = await tx.file.updateMany({
      where: { id: file.id, state: { not: 'stored' } },
      data: {
        state: 'stored',
        sha256: received.sha256,
        size: received.size,
        contentType: representation.contentType,
        contentDisposition: representation.contentDisposition,
        upstreamEtag: representation.etag,
        upstreamModifiedAt: representation.modifiedAt,
        redirects: redirects as unknown as Prisma.InputJsonArray,
        storedAt: ctx.now(),
        errorCode: null,
        error: null,
        nextAttemptAt: null,
      },
    })
    // Someone uploaded it by hand meanwhile: the first stored bytes are the file's for ever.
    if (count === 0) return
    await recordAudit(tx, ctx, system, {
      action: 'file.store',
      subject: { type: 'file', id: file.id, name: file.uri },
      details: { sha256: received.sha256, size: received.size, redirects: redirects.length },
    })
    await notify(tx, { topic: 'file', id: file.id })
  })
}

/** A stored file is never touched, whoever comes late. */
async function change(ctx: Context, id: string, data: Prisma.FileUpdateManyMutationInput): Promise<void> {
  await ctx.db.file.updateMany({
    where: { id, state: { in: ['pending', 'fetching'] } },
    data: { nextAttemptAt: null, ...data },
  })
  await notify(ctx.db, { topic: 'file', id })
}
