import { z } from 'zod'
import { packageType } from '@/server/apt/packages/schema'
import { branchName, repositoryParam } from '@/server/apt/schema'
import { instant, pageQuery } from '@/server/http/schema'

export const uploadState = z.enum(['receiving', 'accepted', 'rejected'])
export type UploadState = z.infer<typeof uploadState>

export const reportLine = z.object({
  level: z.enum(['error', 'warning', 'note']),
  /** The file it is about; absent for the upload as a whole. */
  file: z.string().optional(),
  message: z.string(),
})
export type ReportLine = z.infer<typeof reportLine>

export const uploadSummary = z
  .object({
    id: z.uuid(),
    repository: z.string(),
    branch: z.string(),
    via: z.enum(['put', 'api', 'portal', 'import']),
    state: uploadState,
    actorName: z.string(),
    changesName: z.string().nullable(),
    source: z.string().nullable(),
    version: z.string().nullable(),
    signer: z.string().nullable(),
    files: z.number().int(),
    size: z.number(),
    /** The first error, for lists. */
    error: z.string().nullable(),
    createdAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'AptUploadSummary' })
export type UploadSummary = z.infer<typeof uploadSummary>

export const uploadDetail = uploadSummary
  .extend({
    report: z.array(reportLine),
    received: z.array(
      z.object({ name: z.string(), size: z.number(), sha256: z.string(), receivedAt: instant }),
    ),
    /** Named by the `.changes` and not yet there. */
    missing: z.array(z.string()),
    /** Packages that it brought, once accepted. */
    packages: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        version: z.string(),
        architecture: z.string(),
        type: z.string(),
      }),
    ),
  })
  .meta({ id: 'AptUpload' })
export type UploadDetail = z.infer<typeof uploadDetail>

export const uploadQuery = pageQuery.extend({
  state: uploadState.optional(),
  branch: branchName.optional(),
  q: z.string().trim().max(200).optional(),
})
export type UploadQuery = z.infer<typeof uploadQuery>

export const uploadParam = repositoryParam.extend({ id: z.uuid() })

/** `POST …/packages?branch=…`: where one package goes. */
export const packageUploadQuery = z.object({
  branch: branchName,
  component: z.string().trim().max(100).optional(),
  /** The portal says so of itself. */
  via: z.enum(['api', 'portal']).optional(),
})
export type PackageUploadQuery = z.infer<typeof packageUploadQuery>

/** A package that was uploaded by itself, as it is in its branch now. */
export const packageUploaded = z
  .object({
    id: z.string(),
    type: packageType,
    name: z.string(),
    version: z.string(),
    architecture: z.string(),
    source: z.string(),
    sourceVersion: z.string(),
    component: z.string(),
    section: z.string().nullable(),
    summary: z.string(),
    size: z.number(),
    sha256: z.string(),
    /** From the repository's root. */
    path: z.string(),
    branch: z.string(),
    uploadId: z.uuid(),
    /** The repository had it, with these bytes. */
    wasStored: z.boolean(),
  })
  .meta({ id: 'AptPackageUploaded' })
export type PackageUploaded = z.infer<typeof packageUploaded>

/** `POST …/imports`: packages of another repository, by its URL or from a directory of the server. */
export const importInput = z
  .object({
    /** `https://archive.example.org/debian`: the directory above `dists` and `pool`. */
    url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional(),
    /** An absolute path on the server. */
    directory: z.string().startsWith('/').max(1000).optional(),
    /** Suite or branch there; for a flat repository or a plain directory of packages, none. */
    distribution: z.string().trim().max(200).optional(),
    components: z.array(z.string().max(100)).max(20).optional(),
    architectures: z.array(z.string().max(50)).max(30).optional(),
    sources: z.boolean().default(true),
    /** Armored public keys that must have signed its Release; without them the signature is not checked. */
    publicKey: z.string().max(200_000).optional(),
    branch: branchName,
    reason: z.string().trim().min(1, 'Say why: a sentence is enough.').max(2000),
  })
  .refine(
    ({ url, directory }) => (url === undefined) !== (directory === undefined),
    'Give a url or a directory.',
  )
export type ImportInput = z.infer<typeof importInput>
