import { z } from 'zod'
import { instant, pageQuery } from '@/server/http/schema'

export const auditEntry = z
  .object({
    id: z.uuid(),
    at: instant,
    actor: z.object({ type: z.enum(['user', 'token', 'system']), id: z.uuid().nullable(), name: z.string() }),
    /** `<noun>.<verb>`, e.g. `file.declare`. */
    action: z.string(),
    subject: z.object({ type: z.string(), id: z.string().nullable(), name: z.string() }),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof auditEntry>

export const auditQuery = pageQuery.extend({
  q: z.string().max(200).optional(),
  action: z.string().max(80).optional(),
  actorId: z.uuid().optional(),
  subjectType: z.string().max(60).optional(),
  subjectId: z.string().max(100).optional(),
  from: instant.optional(),
  to: instant.optional(),
})
export type AuditQuery = z.infer<typeof auditQuery>

export const auditExportQuery = auditQuery.omit({ limit: true, cursor: true })
