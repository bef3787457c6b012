import { z } from 'zod'
import { instant } from '@/server/http/schema'

const day = z.iso.date()
const name = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'Use a–z, 0–9, “.”, “_” and “-”, beginning with a letter or digit.')

/** An old tree that is served as it is until nobody asks for it. */
export const archive = z
  .object({
    id: z.uuid(),
    name: z.string(),
    url: z.string(),
    kind: z.enum(['directory', 'storage']),
    location: z.string(),
    description: z.string(),
    pointer: z.string().nullable(),
    goneFrom: day.nullable(),
    gone: z.boolean(),
    /** Of the last 30 days. */
    downloads: z.number(),
    bytes: z.number(),
    lastUsedAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Archive' })
export type Archive = z.infer<typeof archive>

export const archiveUses = z
  .object({
    items: z.array(
      z.object({
        client: z.string(),
        userAgent: z.string(),
        downloads: z.number(),
        bytes: z.number(),
        lastPath: z.string(),
        lastAt: instant,
      }),
    ),
    days: z.array(z.object({ day, downloads: z.number(), bytes: z.number() })),
  })
  .meta({ id: 'ArchiveUses' })
export type ArchiveUses = z.infer<typeof archiveUses>

const pointer = z.string().trim().max(500)

export const archiveInput = z.object({
  name,
  kind: z.enum(['directory', 'storage']),
  location: z.string().trim().min(1, 'Say where the tree is.').max(1000),
  description: z.string().trim().max(1000).optional(),
  pointer: pointer.optional(),
  goneFrom: day.optional(),
})
export type ArchiveInput = z.infer<typeof archiveInput>

export const archivePatch = z.object({
  description: z.string().trim().max(1000).optional(),
  pointer: pointer.nullable().optional(),
  goneFrom: day.nullable().optional(),
})
export type ArchivePatch = z.infer<typeof archivePatch>

export const archiveParam = z.object({ name })
