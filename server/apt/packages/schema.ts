import { z } from 'zod'
import { branchName, repositoryParam } from '@/server/apt/schema'
import { instant, pageQuery } from '@/server/http/schema'

export const packageType = z.enum(['deb', 'udeb', 'ddeb', 'source'])
export type PackageType = z.infer<typeof packageType>

/** One source version in one branch: a card of the board. What moves together. */
export const boardCard = z.object({
  source: z.string(),
  version: z.string(),
  component: z.string(),
  architectures: z.array(z.string()),
  /** Binary packages of it in this branch. */
  binaries: z.number().int(),
  hasSource: z.boolean(),
  summary: z.string(),
  placedAt: instant,
})
export type BoardCard = z.infer<typeof boardCard>

/** The branches as columns, each with its newest cards. */
export const board = z
  .object({
    columns: z.array(
      z.object({
        branch: z.string(),
        approvalRequired: z.boolean(),
        /** Source versions in the branch that match. */
        total: z.number().int(),
        cards: z.array(boardCard),
      }),
    ),
  })
  .meta({ id: 'AptBoard' })
export type Board = z.infer<typeof board>

export const boardQuery = z.object({
  /** Any part of a source's or a package's name. */
  q: z.string().trim().max(200).optional(),
  component: z.string().trim().max(100).optional(),
  /** Cards of each column. */
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type BoardQuery = z.infer<typeof boardQuery>

/** A source with its versions side by side: a row of the package search. */
export const sourceRow = z
  .object({
    source: z.string(),
    summary: z.string(),
    component: z.string(),
    /** The versions of each branch, the newest first. */
    branches: z.array(z.object({ branch: z.string(), versions: z.array(z.string()) })),
    /** Versions that are in no branch any more. */
    elsewhere: z.number().int(),
  })
  .meta({ id: 'AptSource' })
export type SourceRow = z.infer<typeof sourceRow>

export const sourceQuery = pageQuery.extend({
  q: z.string().trim().max(200).optional(),
  branch: branchName.optional(),
})
export type SourceQuery = z.infer<typeof sourceQuery>

/** A package of a source version, as the source's page lists it. */
export const packageSummary = z.object({
  id: z.string(),
  type: packageType,
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  component: z.string(),
  section: z.string().nullable(),
  summary: z.string(),
  size: z.number(),
  branches: z.array(z.string()),
})
export type PackageSummary = z.infer<typeof packageSummary>

/** Every version of one source, the newest first. */
export const sourceDetail = z
  .object({
    source: z.string(),
    versions: z.array(
      z.object({
        version: z.string(),
        /** In the order of promotion. */
        branches: z.array(z.string()),
        addedAt: instant,
        uploadId: z.uuid().nullable(),
        packages: z.array(packageSummary),
      }),
    ),
  })
  .meta({ id: 'AptSourceDetail' })
export type SourceDetail = z.infer<typeof sourceDetail>

export const packageFile = z.object({
  path: z.string(),
  url: z.string(),
  size: z.number(),
  sha256: z.string(),
  sha1: z.string(),
  md5: z.string(),
})

/** One package: its control data, files, dependencies, and where it has been. */
export const packageDetail = packageSummary
  .extend({
    source: z.string(),
    sourceVersion: z.string(),
    priority: z.string().nullable(),
    maintainer: z.string().nullable(),
    description: z.string().nullable(),
    homepage: z.string().nullable(),
    /** The index stanza. */
    control: z.string(),
    changelog: z.string().nullable(),
    files: z.array(packageFile),
    /** Paths in it, at most 5,000; null where the repository keeps none. */
    paths: z.array(z.string()).nullable(),
    relations: z.array(
      z.object({
        field: z.string(),
        /** Of each comma-separated part its alternatives, as written. */
        entries: z.array(
          z.object({
            text: z.string(),
            /** A package of this repository that it names. */ packageName: z.string().nullable(),
          }),
        ),
      }),
    ),
    addedAt: instant,
    uploadId: z.uuid().nullable(),
    moves: z.array(
      z.object({
        id: z.uuid(),
        kind: z.string(),
        fromBranch: z.string().nullable(),
        toBranch: z.string().nullable(),
        actorName: z.string(),
        reason: z.string().nullable(),
        at: instant,
      }),
    ),
  })
  .meta({ id: 'AptPackage' })
export type PackageDetail = z.infer<typeof packageDetail>

export const packageParam = repositoryParam.extend({ id: z.string().regex(/^\d{1,18}$/) })
export const sourceParam = repositoryParam.extend({ source: z.string().max(200) })

/** `GET /api/v1/search`, in the shape that release tools of dist know. */
export const searchQuery = z.object({
  pkg: z.string().trim().min(1, 'Give pkg, the name of a package.').max(200),
  repo: z.string().trim().max(100).optional(),
  /** `true`: this very name; otherwise any part of it. */
  strict: z.string().optional(),
  ver: z.string().trim().max(200).optional(),
  env: z.string().trim().max(100).optional(),
})
export type SearchQuery = z.infer<typeof searchQuery>

export const searchResult = z
  .object({
    success: z.boolean(),
    result: z.array(
      z.object({
        package: z.string(),
        source: z.string(),
        version: z.string(),
        /** The branch; a name of old. */
        environment: z.string(),
        repository: z.string(),
        component: z.string(),
        architectures: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'AptSearch' })
export type SearchResult = z.infer<typeof searchResult>
