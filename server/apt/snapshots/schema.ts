import { z } from 'zod'
import { branchName } from '@/server/apt/schema'
import { pageQuery } from '@/server/http/schema'

export const snapshotsQuery = pageQuery.extend({ branch: branchName.optional() })
export type SnapshotsQuery = z.infer<typeof snapshotsQuery>

const publicationId = z.string().regex(/^\d{1,18}$/, 'A snapshot is named by its number.')

/** Two snapshots by their numbers; `to` is what the branch shows now, unless told. */
export const diffQuery = z.object({ from: publicationId, to: publicationId.optional() })
export type DiffQuery = z.infer<typeof diffQuery>

const difference = z.object({
  name: z.string(),
  architecture: z.string(),
  type: z.string(),
  /** Versions before; empty for a package that came. */
  before: z.array(z.string()),
  after: z.array(z.string()),
})

/** How two snapshots differ, by package and architecture. */
export const snapshotDiff = z
  .object({ from: z.string(), to: z.string(), changes: z.array(difference), truncated: z.boolean() })
  .meta({ id: 'AptSnapshotDiff' })
export type SnapshotDiff = z.infer<typeof snapshotDiff>

/** `POST …/branches/<branch>/roll-back`. */
export const rollBackInput = z.object({
  snapshot: publicationId,
  reason: z.string().trim().min(1, 'Say why: a sentence is enough.').max(2000),
})
export type RollBackInput = z.infer<typeof rollBackInput>

export const rolledBack = z
  .object({
    /** Null where the branch is as it was then. */
    moveId: z.uuid().nullable(),
    /** Packages that came back. */
    added: z.number().int(),
    removed: z.number().int(),
  })
  .meta({ id: 'AptRolledBack' })
export type RolledBack = z.infer<typeof rolledBack>
