import { z } from 'zod'
import { auditQuery } from '@/server/audit/schema'

/** What the audit page keeps in its URL: days, where the API takes instants. */
export const auditFilter = auditQuery
  .pick({ q: true, action: true, actorId: true, subjectType: true, subjectId: true, cursor: true })
  .extend({ from: z.iso.date().optional(), to: z.iso.date().optional() })
export type AuditFilter = z.infer<typeof auditFilter>
