import type { z } from 'zod'
import { imageQuery } from '@/server/images/schema'

/** What the images page keeps in its URL. */
export const imageFilter = imageQuery.pick({ q: true, state: true, registry: true, team: true, cursor: true })
export type ImageFilter = z.infer<typeof imageFilter>
