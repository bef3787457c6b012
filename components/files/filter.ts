import type { z } from 'zod'
import { fileQuery } from '@/server/mirror/schema'

/** What the files page keeps in its URL. */
export const fileFilter = fileQuery.pick({
  q: true,
  state: true,
  team: true,
  host: true,
  licence: true,
  cursor: true,
})
export type FileFilter = z.infer<typeof fileFilter>
