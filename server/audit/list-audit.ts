import type { AuditEntry, AuditQuery } from '@/server/audit/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { idOfCursor, pageOf } from '@/server/http/cursor'

const EXPORT_PAGE = 500
/** How far a row's id may lie from its `at`: the id is drawn when the row is written, `at` when its transaction began. */
const SKEW_MS = 600_000

type AuditRow = Prisma.AuditEntryGetPayload<Record<string, never>>
type AuditFilter = Omit<AuditQuery, 'limit' | 'cursor'>

/** The audit log, newest first. `q` looks into the names of subject and actor, `action` takes `team.` for all of a noun. */
export async function listAudit(ctx: Context, actor: Actor, { limit, cursor, ...filter }: AuditQuery) {
  authorise(actor, 'audit.read')
  const before = idOfCursor(cursor)
  const rows = await readPage(ctx, filter, { limit: limit + 1, before })
  return pageOf(rows, limit, { key: (row) => [row.id], item: presentEntry })
}

/**
 * The whole filtered log as JSON lines, newest first, read page by page as fast as the client takes it.
 * @throws AppError `forbidden` before the first byte.
 */
export function exportAudit(ctx: Context, actor: Actor, filter: AuditFilter): ReadableStream<Uint8Array> {
  authorise(actor, 'audit.read')
  const encoder = new TextEncoder()
  let before: string | undefined
  return new ReadableStream({
    async pull(controller) {
      const rows = await readPage(ctx, filter, { limit: EXPORT_PAGE, before })
      before = rows.at(-1)?.id
      const lines = rows.map((row) => `${JSON.stringify(presentEntry(row))}\n`).join('')
      if (lines !== '') controller.enqueue(encoder.encode(lines))
      if (rows.length < EXPORT_PAGE) controller.close()
    },
  })
}

function readPage(
  ctx: Context,
  filter: AuditFilter,
  { limit, before }: { limit: number; before: string | undefined },
): Promise<AuditRow[]> {
  return ctx.db.auditEntry.findMany({
    where: { AND: [whereOf(filter), before === undefined ? {} : { id: { lt: before } }] },
    orderBy: { id: 'desc' },
    take: limit,
  })
}

function whereOf({
  q,
  action,
  actorId,
  subjectType,
  subjectId,
  from,
  to,
}: AuditFilter): Prisma.AuditEntryWhereInput {
  const contains = { contains: q, mode: 'insensitive' } as const
  return {
    ...(q && { OR: [{ subjectName: contains }, { actorName: contains }] }),
    ...(action && { action: action.endsWith('.') ? { startsWith: action } : action }),
    ...(actorId && { actorId }),
    ...(subjectType && { subjectType }),
    ...(subjectId && { subjectId }),
    AND: [
      from === undefined ? {} : { at: { gte: new Date(from) }, id: { gte: idAt(from, -SKEW_MS) } },
      to === undefined ? {} : { at: { lt: new Date(to) }, id: { lt: idAt(to, SKEW_MS) } },
    ],
  }
}

/** The least UUIDv7 (RFC 9562 §5.7) of an instant, so that a span of time is a range of the primary key. */
function idAt(instant: string, offset: number): string {
  const hex = Math.max(0, Date.parse(instant) + offset)
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`
}

function presentEntry(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { type: row.actorType as AuditEntry['actor']['type'], id: row.actorId, name: row.actorName },
    action: row.action,
    subject: { type: row.subjectType, id: row.subjectId, name: row.subjectName },
    details: row.details as Record<string, unknown>,
    requestId: row.requestId,
  }
}
