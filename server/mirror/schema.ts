import { z } from 'zod'
import { slug } from '@/server/auth/schema'
import { dryRunQuery, instant, pageQuery } from '@/server/http/schema'

/** `retired` is a file that no team uses any more; it is still stored and served. */
export const fileState = z.enum(['pending', 'fetching', 'stored', 'failed', 'retired'])
export type FileState = z.infer<typeof fileState>

const reason = z
  .string({ error: 'Say why you need it.' })
  .trim()
  .min(1, 'Say why you need it.')
  .max(2000, 'Use at most 2,000 characters.')
const project = z.string().trim().max(100, 'Use at most 100 characters.').optional()

export const use = z
  .object({
    id: z.uuid(),
    team: z.object({ slug, name: z.string() }),
    reason: z.string(),
    project: z.string().nullable(),
    licence: z.string().nullable(),
    createdBy: z.string().nullable(),
    createdAt: instant,
    retiredAt: instant.nullable(),
    retiredReason: z.string().nullable(),
  })
  .meta({ id: 'Use' })
export type Use = z.infer<typeof use>

/** A use beside what it is of; a file goes by its URI, an image by its reference. */
export const useSummary = use
  .extend({ subject: z.object({ type: z.enum(['file', 'image']), id: z.uuid(), name: z.string() }) })
  .meta({ id: 'UseSummary' })
export const useQuery = pageQuery.extend({
  q: z.string().trim().max(300).optional(),
  team: slug.optional(),
  licence: z.string().max(200).optional(),
})
export type UseQuery = z.infer<typeof useQuery>

export const redirect = z.object({ status: z.number().int(), from: z.string(), to: z.string() })
export type Redirect = z.infer<typeof redirect>

const fileFacts = z.object({
  id: z.uuid(),
  uri: z.string(),
  host: z.string(),
  state: fileState,
  origin: z.enum(['upstream', 'upload']),
  sha256: z.string().nullable(),
  size: z.number().nullable(),
  error: z.string().nullable(),
  createdAt: instant,
  storedAt: instant.nullable(),
})

/** A row of the list. */
export const fileSummary = fileFacts
  .extend({
    teams: z.array(z.string()),
    reason: z.string().nullable(),
    licence: z.string().nullable(),
    activeUses: z.number().int(),
  })
  .meta({ id: 'FileSummary' })
export type FileSummary = z.infer<typeof fileSummary>

export const fileDetail = fileFacts
  .extend({
    declaredUri: z.string(),
    contentType: z.string().nullable(),
    contentDisposition: z.string().nullable(),
    upstreamEtag: z.string().nullable(),
    upstreamModifiedAt: instant.nullable(),
    expectedIntegrity: z.string().nullable(),
    redirects: z.array(redirect),
    errorCode: z.string().nullable(),
    attempts: z.number().int(),
    nextAttemptAt: instant.nullable(),
    taskId: z.uuid().nullable(),
    uses: z.array(use),
  })
  .meta({ id: 'File' })
export type FileDetail = z.infer<typeof fileDetail>

export const fileQuery = pageQuery.extend({
  q: z.string().trim().max(300).optional(),
  state: fileState.optional(),
  team: slug.optional(),
  host: z.string().max(260).optional(),
  licence: z.string().max(200).optional(),
})
export type FileQuery = z.infer<typeof fileQuery>

/** The values of one kind by which a list can be filtered, the most frequent first. */
export const facet = z.array(z.object({ value: z.string(), count: z.number().int() }))
/** `GET /files/facets`: by what the list can be filtered, the most frequent first. */
export const fileFacets = z
  .object({ hosts: facet, licences: facet, teams: facet, isEstimate: z.boolean() })
  .meta({ id: 'FileFacets' })
export type FileFacets = z.infer<typeof fileFacets>
export const fileExportQuery = fileQuery.omit({ limit: true, cursor: true })

/** What a person says of a use. */
export const useFields = { reason, team: slug, project, licence: z.string().trim().max(200).optional() }

/** `POST /files`. URI, licence and hash grammar are checked by the use case, with field-level errors. */
export const fileInput = z.object({
  uri: z.string().trim().min(1, 'Give a URL.').max(2048, 'Use at most 2,048 characters.'),
  ...useFields,
  sha256: z.string().max(64).optional(),
  /** Subresource-integrity expression, e.g. `sha512-…`. */
  integrity: z.string().max(1000).optional(),
})
export type FileInput = z.infer<typeof fileInput>

/** Query of `POST /files/upload`, whose body is the file itself. */
export const uploadQuery = fileInput.extend(dryRunQuery.shape)

/** `POST /files/batch`: all are declared, or none. */
export const filesInput = z.object({
  files: z
    .array(fileInput.pick({ uri: true, sha256: true, integrity: true }))
    .min(1, 'Give at least one URL.')
    .max(10_000, 'Declare at most 10,000 URLs at once.'),
  ...useFields,
})
export type FilesInput = z.infer<typeof filesInput>

/** What declaring would do, or did, line by line in the order given. */
export const declaration = z.object({
  uri: z.string(),
  id: z.uuid().nullable(),
  /** `new`: will be fetched · `use`: known, a use is added · `known`: this team uses it already · `repeat`: given twice. */
  outcome: z.enum(['new', 'use', 'known', 'repeat']),
})
export const declarations = z
  .object({ items: z.array(declaration), created: z.number().int(), usesAdded: z.number().int() })
  .meta({ id: 'Declarations' })
export type Declarations = z.infer<typeof declarations>

export const retireInput = z.object({ reason })
export const useChange = z.object({ reason, project, licence: useFields.licence }).partial()
export const bulkFiles = z.object({
  ids: z.array(z.uuid()).min(1).max(1000),
  action: z.enum(['retry', 'retire']),
  team: slug.optional(),
  reason: reason.optional(),
})

export const downloadPoint = z.object({ day: z.iso.date(), count: z.number(), bytes: z.number() })
export const downloads = z
  .object({
    days: z.array(downloadPoint),
    teams: z.array(z.object({ team: z.string().nullable(), count: z.number(), bytes: z.number() })),
    total: z.number(),
    lastDay: z.iso.date().nullable(),
  })
  .meta({ id: 'Downloads' })
export type Downloads = z.infer<typeof downloads>

export const missState = z.enum(['open', 'declared', 'dismissed'])
export const missSighting = z.object({
  clientNetwork: z.string(),
  userAgent: z.string(),
  team: z.string().nullable(),
  count: z.number(),
  firstSeenAt: instant,
  lastSeenAt: instant,
})
export const miss = z
  .object({
    id: z.uuid(),
    url: z.string(),
    host: z.string(),
    state: missState,
    count: z.number(),
    firstSeenAt: instant,
    lastSeenAt: instant,
    fileId: z.uuid().nullable(),
    imageId: z.uuid().nullable(),
    sightings: z.array(missSighting),
  })
  .meta({ id: 'Miss' })
export type Miss = z.infer<typeof miss>
export const missQuery = pageQuery.extend({
  q: z.string().trim().max(300).optional(),
  state: missState.default('open'),
  host: z.string().max(260).optional(),
})
export type MissQuery = z.infer<typeof missQuery>
export const missDeclare = z.object(useFields)
export const missDismiss = z.object({ ids: z.array(z.uuid()).min(1).max(1000) })

export const hostRule = z
  .object({ host: z.string(), action: z.enum(['deny']), reason: z.string(), createdAt: instant })
  .meta({ id: 'HostRule' })
export type HostRule = z.infer<typeof hostRule>
export const hostRuleInput = z.object({ host: z.string().trim().min(1).max(253), reason })

const byState = z.object({
  pending: z.number(),
  fetching: z.number(),
  stored: z.number(),
  failed: z.number(),
})

/** What is mirrored and fetched: what the dashboard begins with. */
export const mirrorOverview = z.object({
  files: byState,
  images: byState,
  bytes: z.number(),
  uses: z.number(),
  openMisses: z.number(),
  runningTasks: z.number(),
  downloads: z.array(downloadPoint),
  recentFailures: z.array(z.object({ id: z.uuid(), uri: z.string(), error: z.string() })),
})
export type MirrorOverview = z.infer<typeof mirrorOverview>

export const changed = z.object({ changed: z.number().int() })
export const downloadsQuery = z.object({ days: z.coerce.number().int().min(1).max(366).default(90) })
export const hostParam = z.object({ host: z.string().min(1).max(260) })
