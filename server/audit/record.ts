import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma, Tx } from '@/server/db'

export interface AuditRecord {
  /** `<noun>.<verb>`, e.g. `file.declare`. */
  action: string
  subject: { type: string; id: string | null; name: string }
  details?: Prisma.InputJsonObject
}

/** Writes audit rows inside the transaction of the change they describe: neither exists without the other. */
export async function recordAudit(
  tx: Tx,
  ctx: Context,
  actor: Actor,
  ...records: AuditRecord[]
): Promise<void> {
  if (records.length === 0) return
  const rows = records.map(({ action, subject, details }) => [
    action,
    subject.type,
    subject.id,
    subject.name.slice(0, 2048),
    details ?? {},
  ])
  await tx.$executeRaw`
    INSERT INTO audit_entries
      (actor_type, actor_id, actor_name, request_id, action, subject_type, subject_id, subject_name, details)
    SELECT ${actor.kind}, ${actor.id}::uuid, ${actor.name}, ${ctx.requestId ?? null},
      row ->> 0, row ->> 1, row ->> 2, row ->> 3, row -> 4
    FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb) WITH ORDINALITY AS given(row, place) ORDER BY place`
}
