import { z } from 'zod'
import { branchName } from '@/server/apt/schema'
import { uploadState } from '@/server/apt/uploads/schema'
import { pageQuery } from '@/server/http/schema'

const cursor = pageQuery.shape.cursor
const q = z.string().max(200).optional()

/** What the list of repositories keeps in its URL. */
export const repositoriesFilter = z.object({ q, cursor })
export type RepositoriesFilter = z.infer<typeof repositoriesFilter>

const repositoryTab = z.enum([
  'board',
  'packages',
  'uploads',
  'snapshots',
  'moves',
  'keys',
  'setup',
  'settings',
])
export type RepositoryTab = z.infer<typeof repositoryTab>

const snapshotId = z
  .string()
  .regex(/^\d{1,18}$/)
  .optional()

/** What the page of a repository keeps in its URL; which of it counts depends on the tab. */
export const repositoryFilter = z.object({
  tab: repositoryTab.optional(),
  q,
  cursor,
  branch: branchName.optional(),
  component: z.string().max(100).optional(),
  architecture: z.string().max(50).optional(),
  density: z.enum(['compact']).optional(),
  state: uploadState.optional(),
  /** Two snapshots of the branch to compare; without `to`, with what it shows now. */
  from: snapshotId,
  to: snapshotId,
})
export type RepositoryFilter = z.infer<typeof repositoryFilter>
export type RepositoryFilterChange = (
  patch: { [Key in keyof RepositoryFilter]?: RepositoryFilter[Key] | undefined },
  history?: 'push' | 'replace',
) => void
