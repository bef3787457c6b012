import type { z } from 'zod'
import { teamQuery } from '@/server/auth/schema'

/** What the teams page keeps in its URL. */
export const teamFilter = teamQuery.pick({ q: true, cursor: true })
export type TeamFilter = z.infer<typeof teamFilter>

/** What a team's page keeps in its URL: where its list of members stands. */
export const memberFilter = teamQuery.pick({ cursor: true })
export type MemberFilter = z.infer<typeof memberFilter>
