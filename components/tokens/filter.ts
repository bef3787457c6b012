import type { z } from 'zod'
import { tokenQuery } from '@/server/auth/schema'

/** What the tokens page keeps in its URL. */
export const tokenFilter = tokenQuery.pick({ all: true, cursor: true })
export type TokenFilter = z.infer<typeof tokenFilter>
