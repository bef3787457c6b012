import { z } from 'zod'
import { slug } from '@/server/auth/schema'
import { instant, pageQuery } from '@/server/http/schema'

const GRAMMAR = /^[a-z0-9][a-z0-9+._-]{0,99}$/
const name = (what: string) =>
  z
    .string()
    .trim()
    .regex(
      GRAMMAR,
      `A ${what} is written with a–z, 0–9, “+”, “.”, “_” and “-”, and begins with a letter or digit.`,
    )
const unique = (names: readonly string[]) => new Set(names).size === names.length

export const repositoryName = name('repository’s name')
/** Directories of a repository that are no branch of the flat layout. */
const RESERVED = new Set(['dists', 'pool', 'snapshots'])
export const branchName = name('branch’s name').refine(
  (text) => !RESERVED.has(text),
  'A repository has a directory of this name already. Choose another.',
)
const component = name('component')
const architecture = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'An architecture is written as amd64 or hurd-i386.')
  .refine(
    (text) => text !== 'all' && text !== 'source',
    '“all” and “source” are always there; leave them out.',
  )

const components = z
  .array(component)
  .min(1, 'Name at least one component.')
  .max(20)
  .refine(unique, 'One component stands there twice.')
const architectures = z
  .array(architecture)
  .min(1, 'Name at least one architecture.')
  .max(30)
  .refine(unique, 'One architecture stands there twice.')
/** A value of a Release field: one line. */
const line = z
  .string()
  .trim()
  .max(200, 'Use at most 200 characters.')
  .regex(/^[^\p{Cc}]*$/u, 'Write it on one line.')
const fqdn = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'Write a host name, without scheme and port.',
  )

export const signaturePolicy = z.enum(['required', 'optional', 'off'])
export type SignaturePolicy = z.infer<typeof signaturePolicy>

const branchSettings = {
  notAutomatic: z.boolean(),
  butAutomaticUpgrades: z.boolean(),
  /** Days that a Release is valid; null for no Valid-Until. */
  validDays: z.number().int().min(1).max(3650).nullable(),
  approvalRequired: z.boolean(),
  /** Versions of a package that stay when a newer one comes; null for all. */
  keepVersions: z.number().int().min(1).max(1000).nullable(),
}

/** One moment at which a branch's indexes changed. */
export const snapshot = z
  .object({
    id: z.string(),
    branch: z.string(),
    /** `20260801T000000Z`: what `apt --snapshot` and the snapshot URLs take. */
    snapshotId: z.string(),
    at: instant,
    cause: z.enum(['upload', 'import', 'move', 'remove', 'undo', 'roll_back', 'settings', 'refresh']),
    causeId: z.uuid().nullable(),
    actorName: z.string(),
    /** Binary packages; sources. */
    packages: z.number().int(),
    sources: z.number().int(),
    /** Bytes of the packages in it. */
    size: z.number(),
    current: z.boolean(),
  })
  .meta({ id: 'AptSnapshot' })
export type Snapshot = z.infer<typeof snapshot>

export const branch = z
  .object({
    name: z.string(),
    position: z.number().int(),
    ...branchSettings,
    packages: z.number().int(),
    sources: z.number().int(),
    size: z.number(),
    publishedAt: instant.nullable(),
    validUntil: instant.nullable(),
  })
  .meta({ id: 'AptBranch' })
export type Branch = z.infer<typeof branch>

const repositoryFacts = z.object({
  id: z.uuid(),
  name: z.string(),
  fqdn: z.string().nullable(),
  description: z.string(),
  origin: z.string(),
  label: z.string(),
  components: z.array(z.string()),
  architectures: z.array(z.string()),
  /** Slug of the team whose members upload and move; null for every member. */
  team: z.string().nullable(),
  signaturePolicy,
  allowOlder: z.boolean(),
  /** Snapshots of a branch that are kept; null for all. */
  keepGenerations: z.number().int().nullable(),
  flatLayout: z.boolean(),
  contents: z.boolean(),
  createdAt: instant,
})

/** A row of the list. */
export const repositorySummary = repositoryFacts
  .extend({ branches: z.array(branch), waitingRequests: z.number().int(), lastChangeAt: instant.nullable() })
  .meta({ id: 'AptRepositorySummary' })
export type RepositorySummary = z.infer<typeof repositorySummary>

export const repositoryDetail = repositoryFacts
  .extend({
    branches: z.array(branch),
    waitingRequests: z.number().int(),
    /** Where clients find it: `https://…/apt/<repo>`. */
    url: z.string(),
    /** Where uploads go: `https://…/upload/<repo>/<branch>/`, without the branch. */
    uploadUrl: z.string(),
    /** Keys that sign now. */
    keys: z.array(
      z.object({ fingerprint: z.string(), algorithm: z.string(), expiresAt: instant.nullable() }),
    ),
    lastChangeAt: instant.nullable(),
  })
  .meta({ id: 'AptRepository' })
export type RepositoryDetail = z.infer<typeof repositoryDetail>

const branchInput = z.object({
  name: branchName,
  notAutomatic: branchSettings.notAutomatic.optional(),
  butAutomaticUpgrades: branchSettings.butAutomaticUpgrades.optional(),
  validDays: branchSettings.validDays.optional(),
  approvalRequired: branchSettings.approvalRequired.optional(),
  keepVersions: branchSettings.keepVersions.optional(),
})
export type BranchInput = z.infer<typeof branchInput>

const settings = {
  fqdn: fqdn.nullable().optional(),
  description: z.string().trim().max(1000).optional(),
  origin: line.optional(),
  label: line.optional(),
  team: slug.nullable().optional(),
  signaturePolicy: signaturePolicy.optional(),
  allowOlder: z.boolean().optional(),
  keepGenerations: z.number().int().min(3, 'Keep at least three.').max(100_000).nullable().optional(),
  flatLayout: z.boolean().optional(),
  contents: z.boolean().optional(),
}

/** `POST /apt/repositories`. Branches in the order of promotion, by name or with their settings. */
export const repositoryInput = z.object({
  name: repositoryName,
  components,
  architectures,
  branches: z
    .array(z.union([branchName.transform((text): BranchInput => ({ name: text })), branchInput]))
    .min(1, 'Name at least one branch.')
    .max(20)
    .refine((all) => unique(all.map((one) => one.name)), 'One branch stands there twice.'),
  ...settings,
})
export type RepositoryInput = z.infer<typeof repositoryInput>

/** `PATCH /apt/repositories/<repo>`. Components and architectures can be added, and taken away while nothing uses them. */
export const repositoryPatch = z.object({
  ...settings,
  components: components.optional(),
  architectures: architectures.optional(),
  /** All branches in their new order; names that are new are made. */
  branches: z.array(branchName).min(1).max(20).refine(unique, 'One branch stands there twice.').optional(),
})
export type RepositoryPatch = z.infer<typeof repositoryPatch>

/** `PATCH /apt/repositories/<repo>/branches/<branch>`. */
export const branchPatch = branchInput.omit({ name: true })
export type BranchPatch = z.infer<typeof branchPatch>

export const repositoryQuery = pageQuery.extend({ q: z.string().trim().max(100).optional() })
export type RepositoryQuery = z.infer<typeof repositoryQuery>

export const repositoryParam = z.object({ repo: repositoryName })
export const branchParam = repositoryParam.extend({ branch: branchName })
