import { z } from 'zod'
import { missQuery, missState } from '@/server/mirror/schema'

/** What the misses page keeps in its URL; hosts that are blocked are the fourth tab. */
export const missFilter = missQuery
  .pick({ q: true, host: true, cursor: true })
  .extend({ state: z.enum([...missState.options, 'blocked']).default('open') })
export type MissFilter = z.infer<typeof missFilter>
export type MissTab = MissFilter['state']
