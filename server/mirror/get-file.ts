import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { stateOf } from '@/server/mirror/file-filter'
import type { FileDetail, Redirect, Use } from '@/server/mirror/schema'

export const withPeople = {
  team: { select: { slug: true, name: true } },
  createdBy: { select: { name: true } },
} satisfies Prisma.UseInclude
type UseRow = Prisma.UseGetPayload<{ include: typeof withPeople }>

/** One file with its uses, the active ones first. @throws AppError `not_found`. */
export async function getFile(ctx: Context, actor: Actor, { id }: { id: string }): Promise<FileDetail> {
  authorise(actor, 'file.read')
  return readFile(ctx.db, id)
}

/**
 * As `getFile`, for who has just changed it: a token that may declare, but not read, is shown what it has done.
 * @param db may be inside a transaction.
 */
export async function readFile(db: Tx, id: string): Promise<FileDetail> {
  // One after the other: inside a transaction there is one connection.
  const file = await db.file.findUnique({
    where: { id },
    include: {
      uses: {
        include: withPeople,
        orderBy: [{ retiredAt: { sort: 'desc', nulls: 'first' } }, { id: 'asc' }],
      },
    },
  })
  if (!file) throw new AppError('not_found', 'There is no such file.')
  const task = await db.task.findFirst({
    where: { subjectId: id },
    orderBy: { id: 'desc' },
    select: { id: true },
  })
  const active = file.uses.filter((use) => use.retiredAt === null).length
  return {
    id: file.id,
    uri: file.uri,
    declaredUri: file.declaredUri,
    host: file.host,
    state: stateOf(file, active),
    origin: file.origin,
    sha256: file.sha256,
    size: file.size === null ? null : Number(file.size),
    contentType: file.contentType,
    contentDisposition: file.contentDisposition,
    upstreamEtag: file.upstreamEtag,
    upstreamModifiedAt: file.upstreamModifiedAt?.toISOString() ?? null,
    expectedIntegrity: file.expectedIntegrity,
    redirects: file.redirects as unknown as Redirect[],
    errorCode: file.errorCode,
    error: file.error,
    attempts: file.attempts,
    nextAttemptAt: file.nextAttemptAt?.toISOString() ?? null,
    taskId: task?.id ?? null,
    createdAt: file.createdAt.toISOString(),
    storedAt: file.storedAt?.toISOString() ?? null,
    uses: file.uses.map(presentUse),
  }
}

/** A use as the API shows it. */
export function presentUse(row: UseRow): Use {
  return {
    id: row.id,
    team: row.team,
    reason: row.reason,
    project: row.project,
    licence: row.licence,
    createdBy: row.createdBy?.name ?? null,
    createdAt: row.createdAt.toISOString(),
    retiredAt: row.retiredAt?.toISOString() ?? null,
    retiredReason: row.retiredReason,
  }
}
