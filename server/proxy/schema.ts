import { z } from 'zod'
import { instant } from '@/server/http/schema'

export const authority = z
  .object({
    id: z.uuid(),
    origin: z.enum(['generated', 'imported']),
    subject: z.string(),
    fingerprint: z.string(),
    notBefore: instant,
    notAfter: instant,
    signsFrom: instant,
    retiredAt: instant.nullable(),
    /** `next` is offered to clients but does not sign yet; `previous` no longer signs but is still offered. */
    standing: z.enum(['signing', 'next', 'previous', 'retired']),
  })
  .meta({ id: 'Authority' })
export type Authority = z.infer<typeof authority>

export const authorityImport = z.object({
  certificatePem: z.string().min(1).max(100_000),
  privateKeyPem: z.string().min(1).max(100_000),
  /** Hours in which clients can fetch the new certificate before it signs; 0 signs at once. */
  overlapHours: z
    .number()
    .min(0)
    .max(24 * 365)
    .default(0),
})
export type AuthorityImport = z.infer<typeof authorityImport>
export const authorityRotation = z.object({
  overlapHours: z
    .number()
    .min(0)
    .max(24 * 365)
    .default(24 * 14),
})
export type AuthorityRotation = z.infer<typeof authorityRotation>
