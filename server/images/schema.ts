import { z } from 'zod'
import { slug } from '@/server/auth/schema'
import { instant, pageQuery } from '@/server/http/schema'
import { facet, use, useFields } from '@/server/mirror/schema'

/** `retired` is an image that no team uses any more; it is still stored and served. */
export const imageState = z.enum(['pending', 'fetching', 'stored', 'failed', 'retired'])
export type ImageState = z.infer<typeof imageState>

export const partKind = z.enum(['index', 'manifest', 'config', 'layer', 'blob'])

/** `os/arch` or `os/arch/variant`, as indexes name it: `linux/amd64`, `linux/arm/v7`. */
export const platform = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9_.-]{1,40}\/[a-z0-9_.-]{1,40}(\/[a-z0-9_.-]{1,40})?$/,
    'Write it as linux/amd64 or linux/arm/v7.',
  )
const platforms = z.array(platform).max(64, 'Choose at most 64 platforms.')

const imageFacts = z.object({
  id: z.uuid(),
  /** As it is connected to; Docker Hub is `registry-1.docker.io`. */
  registry: z.string(),
  repository: z.string(),
  digest: z.string(),
  /** What clients are told to pull: `docker.io/library/debian@sha256:…`. */
  reference: z.string(),
  /** Taken of an index; empty for all. */
  platforms: z.array(z.string()),
  /** The tag that had this digest when it was declared. */
  resolvedTag: z.string().nullable(),
  state: imageState,
  mediaType: z.string().nullable(),
  /** Bytes of all parts that are mirrored, each content once. */
  size: z.number().nullable(),
  partsDone: z.number().int(),
  /** Null until the tree is known. */
  partsTotal: z.number().int().nullable(),
  error: z.string().nullable(),
  createdAt: instant,
  /** Since when it is served; also while further platforms are being fetched. */
  storedAt: instant.nullable(),
})

/** A row of the list. */
export const imageSummary = imageFacts
  .extend({
    teams: z.array(z.string()),
    reason: z.string().nullable(),
    licence: z.string().nullable(),
    activeUses: z.number().int(),
  })
  .meta({ id: 'ImageSummary' })
export type ImageSummary = z.infer<typeof imageSummary>

/** One node of the tree; the top has no parent. What a referrer or a signature's tag brings hangs below what it is about. */
export const imagePart = z.object({
  digest: z.string(),
  kind: partKind,
  mediaType: z.string(),
  size: z.number(),
  parentDigest: z.string().nullable(),
  platform: z.string().nullable(),
  /** False for a platform that was not chosen, and for what its registry no longer has. */
  wanted: z.boolean(),
  stored: z.boolean(),
  /** Of a referrer: what it is about. */
  subject: z.string().nullable(),
  artifactType: z.string().nullable(),
  annotations: z.record(z.string(), z.string()).nullable(),
})
export type ImagePart = z.infer<typeof imagePart>

/** A line of the platform table: a manifest of an index. */
export const imagePlatform = z.object({
  /** Null where the index does not say. */
  platform: z.string().nullable(),
  digest: z.string(),
  mediaType: z.string(),
  /** `mirrored`: whole and served · `waiting`: chosen, on its way · `not_chosen`: one click takes it. */
  state: z.enum(['mirrored', 'waiting', 'not_chosen']),
  /** Bytes of the manifest and all it names; null while they are not known. */
  size: z.number().nullable(),
  /** The index that names it. */
  parentDigest: z.string(),
})
export type ImagePlatform = z.infer<typeof imagePlatform>

export const imageDetail = imageFacts
  .extend({
    errorCode: z.string().nullable(),
    attempts: z.number().int(),
    nextAttemptAt: instant.nullable(),
    taskId: z.uuid().nullable(),
    uses: z.array(use),
    /** Parents before their children, in the order of the manifests. */
    parts: z.array(imagePart),
    /** Empty for an image that is no index. */
    platformTable: z.array(imagePlatform),
    /** `sha256-<hex>` and cosign's tags. */
    tags: z.array(z.object({ name: z.string(), digest: z.string() })),
    /** Below Entrepôt's own registry, for daemons without the proxy: `mirror/docker.io/library/debian`; null where the name does not allow it. */
    mirrorRepository: z.string().nullable(),
  })
  .meta({ id: 'Image' })
export type ImageDetail = z.infer<typeof imageDetail>

export const imageQuery = pageQuery.extend({
  /** Any part of `registry/repository@digest`. */
  q: z.string().trim().max(500).optional(),
  state: imageState.optional(),
  registry: z.string().trim().max(260).optional(),
  team: slug.optional(),
})
export type ImageQuery = z.infer<typeof imageQuery>

export const imageFacets = z
  .object({ registries: facet, states: facet, teams: facet })
  .meta({ id: 'ImageFacets' })
export type ImageFacets = z.infer<typeof imageFacets>

const text = (what: string) => z.string().trim().min(1, what).max(1000, 'Use at most 1,000 characters.')

/**
 * What names an image: `reference` as pasted (`docker.io/library/debian@sha256:…`), or its three parts. The grammar, and that
 * a digest and not a tag is given, is checked by the use case, with field-level errors.
 */
const imageName = {
  reference: text('Give a reference.').optional(),
  registry: text('Give a registry.').optional(),
  repository: text('Give a repository.').optional(),
  digest: text('Give a digest.').optional(),
}

/** `POST /images`. */
export const imageInput = z.object({ ...imageName, platforms: platforms.optional(), ...useFields })
export type ImageInput = z.infer<typeof imageInput>

/** `POST /images/batch`: all are declared, or none. */
export const imagesInput = z.object({
  images: z
    .array(z.object({ ...imageName, platforms: platforms.optional() }))
    .min(1, 'Give at least one image.')
    .max(1000, 'Declare at most 1,000 images at once.'),
  ...useFields,
})
export type ImagesInput = z.infer<typeof imagesInput>

/** What declaring would do, or did, line by line in the order given; outcomes as for files. */
export const imageDeclarations = z
  .object({
    items: z.array(
      z.object({
        reference: z.string(),
        id: z.uuid().nullable(),
        outcome: z.enum(['new', 'use', 'known', 'repeat']),
      }),
    ),
    created: z.number().int(),
    usesAdded: z.number().int(),
  })
  .meta({ id: 'ImageDeclarations' })
export type ImageDeclarations = z.infer<typeof imageDeclarations>

/** `POST /images/resolve`: `reference` as pasted (`docker.io/library/debian:13`), or its parts; without a tag `latest`. */
export const resolveInput = z.object({
  reference: text('Give a reference.').optional(),
  registry: text('Give a registry.').optional(),
  repository: text('Give a repository.').optional(),
  tag: text('Give a tag.').optional(),
})
export type ResolveInput = z.infer<typeof resolveInput>

/** What a tag points to just now, and what would be declared. Nothing is declared by asking. */
export const resolvedTag = z
  .object({
    registry: z.string(),
    repository: z.string(),
    tag: z.string(),
    digest: z.string(),
    /** To declare: `docker.io/library/debian:13@sha256:…`. */
    reference: z.string(),
    mediaType: z.string(),
    kind: partKind,
    /** Of an index: its manifests; otherwise empty. */
    platforms: z.array(
      z.object({
        platform: z.string().nullable(),
        digest: z.string(),
        mediaType: z.string(),
        size: z.number(),
      }),
    ),
    /** The image, if this digest is declared already. */
    imageId: z.uuid().nullable(),
  })
  .meta({ id: 'ResolvedTag' })
export type ResolvedTag = z.infer<typeof resolvedTag>

/** `POST /images/{id}/platforms`: fetch these as well; empty for all the rest. */
export const platformsInput = z.object({ platforms })

/** Credentials for a registry; the password is never shown again. */
export const upstreamRegistry = z
  .object({
    registry: z.string(),
    username: z.string(),
    createdBy: z.string().nullable(),
    createdAt: instant,
    updatedAt: instant,
    /** Images declared of it. */
    images: z.number().int(),
  })
  .meta({ id: 'UpstreamRegistry' })
export type UpstreamRegistry = z.infer<typeof upstreamRegistry>
export const upstreamRegistryParam = z.object({ registry: z.string().min(1).max(260) })
export const upstreamRegistryInput = z.object({
  username: z.string().trim().min(1, 'Give a user name.').max(200, 'Use at most 200 characters.'),
  password: z.string().min(1, 'Give a password or token.').max(8192, 'Use at most 8,192 characters.'),
})
