import type { z } from 'zod'
import { userQuery } from '@/server/auth/schema'

/** What the users page keeps in its URL. */
export const userFilter = userQuery.pick({ q: true, cursor: true })
export type UserFilter = z.infer<typeof userFilter>
