import { z } from 'zod'
import { manifestReference, nodeQuery, repositoryQuery } from '@/server/oci/schema'

/** What the registry page keeps in its URL. */
export const registryFilter = z.object({
  cluster: z.string().max(63).optional(),
  path: z.string().max(255).optional(),
  /** `flat`: all repositories in one list; the tree otherwise. */
  view: z.enum(['flat']).optional(),
  q: repositoryQuery.shape.q,
  cursor: nodeQuery.shape.cursor,
})
export type RegistryFilter = z.infer<typeof registryFilter>

/** What the page of a repository keeps in its URL; with `manifest`, a digest or a tag, it shows that one. */
export const repositoryFilter = z.object({
  tab: z.enum(['tags', 'manifests', 'referrers', 'hints', 'uploads', 'access']).optional(),
  manifest: manifestReference.shape.reference.optional(),
  q: z.string().max(128).optional(),
  cursor: nodeQuery.shape.cursor,
})
export type RepositoryFilter = z.infer<typeof repositoryFilter>

/** What the page of a node's access keeps in its URL. */
export const accessFilter = z.object({
  cluster: z.string().max(63).optional(),
  path: z.string().max(255).optional(),
})
