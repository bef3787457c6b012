import { z } from 'zod'
import { dryRunQuery, instant, pageQuery } from '@/server/http/schema'

// What the portal and the admin API show of the registry. The protocol below /v2/ has formats of its own.

const count = z.number().int()

/** A cluster in a path. */
export const clusterParam = z.object({ cluster: z.string().min(1).max(63) })
const repositoryName = z.string().trim().min(1, 'Name a repository.').max(255)
/** A node's path without slashes around it; empty for the root. */
const nodePath = z
  .string()
  .max(255)
  .transform((path) => path.replace(/^\/+|\/+$/g, ''))

export const registryCluster = z
  .object({
    id: z.string(),
    name: z.string(),
    /** What hosts without a cluster in their name lead to. */
    isDefault: z.boolean(),
    /** `host[:port]` that clients push to and pull from. */
    host: z.string(),
    /** Clients must be told that there is no TLS. */
    isPlain: z.boolean(),
    /** Kind of its storage: `filesystem`, `s3` … */
    storage: z.string(),
    /** It knows its users itself and decides what they may. */
    hasOwnUsers: z.boolean(),
    repositories: count,
    blobs: count,
    bytes: z.number(),
    uploads: count,
  })
  .meta({ id: 'RegistryCluster' })
export type RegistryCluster = z.infer<typeof registryCluster>
export const registryClusters = z.object({ items: z.array(registryCluster) })

/** One step of the tree: a repository, a node above some, or both. */
export const registryNode = z
  .object({
    id: z.string(),
    path: z.string(),
    /** Its last segment. */
    name: z.string(),
    isRepository: z.boolean(),
    /** Something is below it. */
    hasChildren: z.boolean(),
    hasRules: z.boolean(),
    /** At it and below; no more than 1,000 are counted. */
    repositories: count,
  })
  .meta({ id: 'RegistryNode' })
export type RegistryNode = z.infer<typeof registryNode>
export const nodeQuery = pageQuery.extend({ path: nodePath.default('') })
export type NodeQuery = z.infer<typeof nodeQuery>

export const repositorySummary = z
  .object({
    id: z.uuid(),
    cluster: z.string(),
    name: z.string(),
    immutableTags: z.boolean(),
    /** No more than 10,000 are counted. */
    tags: count,
    createdAt: instant,
  })
  .meta({ id: 'RepositorySummary' })
export type RepositorySummary = z.infer<typeof repositorySummary>
export const repositoryQuery = pageQuery.extend({
  q: z.string().trim().max(255).optional(),
  /** Only those at this node and below it. */
  path: nodePath.optional(),
})
export type RepositoryQuery = z.infer<typeof repositoryQuery>

/** Whether the person may, and the rule that decided, as a sentence. */
const decision = z.object({ allowed: z.boolean(), reason: z.string() })

export const repositoryDetail = repositorySummary
  .extend({
    host: z.string(),
    isPlain: z.boolean(),
    manifests: count,
    blobs: count,
    /** Of its blobs, each once. */
    bytes: z.number(),
    /** Of those that no other repository of the cluster has: what would become free. */
    ownBytes: z.number(),
    referrers: count,
    uploads: count,
    /** Of a tag; null while there is none. */
    lastPushAt: instant.nullable(),
    may: z.object({ write: decision, remove: decision, administer: decision }),
  })
  .meta({ id: 'RepositoryDetail' })
export type RepositoryDetail = z.infer<typeof repositoryDetail>

export const nameQuery = z.object({ name: repositoryName })
export const repositoryChangeQuery = nameQuery.extend(dryRunQuery.shape)
export const repositoryChange = z.object({ immutableTags: z.boolean() })

export const tagSummary = z
  .object({
    /** The tag itself: lists need one. */
    id: z.string(),
    name: z.string(),
    digest: z.string(),
    mediaType: z.string(),
    artifactType: z.string().nullable(),
    /** Of all that a client of it may fetch: manifests, configurations and layers. */
    size: z.number(),
    /** `os/arch[/variant]` of the children of an index. */
    platforms: z.array(z.string()),
    pushedBy: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'TagSummary' })
export type TagSummary = z.infer<typeof tagSummary>
export const tagQuery = pageQuery.extend({ name: repositoryName, q: z.string().trim().max(128).optional() })
export type TagQuery = z.infer<typeof tagQuery>
export const tagRemoval = nameQuery.extend({ tag: z.string().min(1).max(128), ...dryRunQuery.shape })

export const manifestSummary = z
  .object({
    /** The digest: lists need one. */
    id: z.string(),
    digest: z.string(),
    mediaType: z.string(),
    artifactType: z.string().nullable(),
    subject: z.string().nullable(),
    size: z.number(),
    platforms: z.array(z.string()),
    /** The first of its tags, by name. */
    tags: z.array(z.string()),
    pushedBy: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'ManifestSummary' })
export type ManifestSummary = z.infer<typeof manifestSummary>
export const manifestQuery = pageQuery.extend({
  name: repositoryName,
  /** `referrers`: those that are about another manifest. */
  only: z.enum(['referrers']).optional(),
})
export type ManifestQuery = z.infer<typeof manifestQuery>
/** What a removal took, or would take. */
export const removed = z.object({ tags: z.array(z.string()) }).meta({ id: 'Removed' })
export type Removed = z.infer<typeof removed>

/** By digest or by tag. */
export const manifestReference = nameQuery.extend({ reference: z.string().trim().min(1).max(140) })
export const manifestRemoval = nameQuery.extend({
  digest: z.string().trim().min(1).max(140),
  ...dryRunQuery.shape,
})

/** A content that a manifest names. */
export const manifestPart = z.object({
  digest: z.string(),
  mediaType: z.string(),
  size: z.number(),
  /** Where its bytes lie in the cluster, as a scheduler is told. */
  place: z.string(),
  /** Other repositories of the cluster that have it and that the person may read; no more than 20. */
  sharedWith: z.array(z.string()),
})
export type ManifestPart = z.infer<typeof manifestPart>

/** A manifest that an index names. */
export const manifestChild = z.object({
  digest: z.string(),
  mediaType: z.string(),
  platform: z.string().nullable(),
  /** Of the child with its configuration and layers; of its manifest alone when it is not here. */
  size: z.number(),
  isHere: z.boolean(),
})
export type ManifestChild = z.infer<typeof manifestChild>

/** What is about a manifest: by the referrers API, or by a tag made of its digest. */
export const manifestReferrer = z.object({
  digest: z.string(),
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  size: z.number(),
  annotations: z.record(z.string(), z.string()).nullable(),
  /** The fallback tag, or cosign’s `.sig`, `.att`, `.sbom`; null for one that names its subject. */
  tag: z.string().nullable(),
})
export type ManifestReferrer = z.infer<typeof manifestReferrer>

export const manifestDetail = z
  .object({
    cluster: z.string(),
    name: z.string(),
    digest: z.string(),
    mediaType: z.string(),
    kind: z.enum(['image', 'index', 'schema1']),
    artifactType: z.string().nullable(),
    annotations: z.record(z.string(), z.string()).nullable(),
    /** Of the manifest itself. */
    size: z.number(),
    /** With all that a client of it may fetch. */
    totalSize: z.number(),
    /** The manifest as it was pushed, if it is text. */
    content: z.string(),
    subject: z.object({ digest: z.string(), isHere: z.boolean() }).nullable(),
    /** At most 100, by name. */
    tags: z.array(z.string()),
    config: manifestPart.nullable(),
    layers: z.array(manifestPart),
    children: z.array(manifestChild),
    /** Indexes of this repository that name it. */
    parents: z.array(
      z.object({ digest: z.string(), platform: z.string().nullable(), tags: z.array(z.string()) }),
    ),
    referrers: z.array(manifestReferrer),
    pushedBy: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'ManifestDetail' })
export type ManifestDetail = z.infer<typeof manifestDetail>

export const uploadSummary = z
  .object({
    id: z.uuid(),
    repository: z.string(),
    /** Bytes received so far. */
    received: z.number(),
    startedBy: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'UploadSummary' })
export type UploadSummary = z.infer<typeof uploadSummary>
export const uploadQuery = pageQuery.extend({ name: repositoryName.optional() })
export type UploadQuery = z.infer<typeof uploadQuery>
