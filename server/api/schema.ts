import { z } from 'zod'
import { mirrorOverview } from '@/server/mirror/schema'

/** The dashboard in one answer. */
export const overview = mirrorOverview
  .extend({
    /** Moves of Debian packages that wait for the caller's approval, in all repositories; 0 for whoever may approve none. */
    waitingApprovals: z.number().int(),
  })
  .meta({ id: 'Overview' })
export type Overview = z.infer<typeof overview>
