import { z } from 'zod'

/** What the archives page keeps in its URL. */
export const archivesFilter = z.object({ q: z.string().max(100).optional() })
export type ArchivesFilter = z.infer<typeof archivesFilter>
