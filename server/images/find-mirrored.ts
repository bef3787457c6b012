import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import type { Notices } from '@/server/events'
import { describeContent, type Representation } from '@/server/http/represent'
import { isManifestKind, type PartKind } from '@/server/images/tree'
import { parseDigest } from '@/server/oci/digest'

/** A part of an image that is served. */
export interface MirroredPart {
  state: 'stored'
  digest: string
  imageId: string
  isManifest: boolean
  /** It is what was declared: its download is the image's. */
  isTop: boolean
  representation: Representation
}

/** Declared, but not whole yet. */
interface WaitingImage {
  state: 'pending' | 'fetching' | 'failed'
  imageId: string
  error: string | null
  nextAttemptAt: Date | null
  partsDone: number
  partsTotal: number | null
}

/** A child of an image whose platform was not chosen. */
interface UnchosenPart {
  state: 'unchosen'
  imageId: string
  platform: string | null
}

interface AbsentPart {
  state: 'absent'
  /** Of a tag: the image that had it when it was declared. */
  tagged: { imageId: string; digest: string } | null
  /** Why an administrator refuses this host, if one does. */
  denied: string | null
}

export type FoundPart = MirroredPart | WaitingImage | UnchosenPart | AbsentPart

/** What is served about a digest, as the distribution-spec lists it (1.1, “Listing Referrers”). */
export interface MirroredReferrer {
  mediaType: string
  digest: string
  size: number
  artifactType?: string
  annotations?: Record<string, string>
}

export interface KnownRepository {
  /** An image of this registry is declared. */
  registry: boolean
  /** One of this repository. */
  repository: boolean
  /** Served tags, in order. */
  tags: string[]
}

const CAPACITY = 20_000
const REFERRERS_CAPACITY = 2_000

/**
 * Finds what is mirrored, by registry, repository and reference. What is stored never changes, so it is kept until the
 * process forgets it; all else is kept until the next notice of topic `image`, which every change of images sends.
 */
export class MirroredFinder {
  readonly #parts: BatchedCache<FoundPart>
  readonly #referrers: BatchedCache<MirroredReferrer[]>
  readonly #repositories: BatchedCache<KnownRepository>
  readonly #stops: (() => void)[]

  constructor(ctx: Context, notices: Notices) {
    this.#parts = new BatchedCache({
      load: (keys) => loadParts(ctx, keys),
      keep: (found) => (found.state === 'stored' ? 'for_ever' : 'until_told'),
      capacity: CAPACITY,
    })
    const passing = { keep: () => 'until_told' as const, capacity: REFERRERS_CAPACITY }
    this.#referrers = new BatchedCache({ load: (keys) => loadReferrers(ctx, keys), ...passing })
    this.#repositories = new BatchedCache({ load: (keys) => loadRepositories(ctx, keys), ...passing })
    const caches = [this.#parts, this.#referrers, this.#repositories]
    const forget = (id: string | undefined) => {
      // Without an id notices may have been lost, a restored database among them.
      for (const cache of caches) id === undefined ? cache.forgetAll() : cache.forgetPassing()
    }
    // Host rules travel with the notices of files.
    this.#stops = [notices.on('image', forget), notices.on('file', () => this.#parts.forgetPassing())]
  }

  /** @param reference a digest or a tag. */
  part(registry: string, repository: string, reference: string): FoundPart | Promise<FoundPart> {
    return this.#parts.get(`${registry} ${repository} ${reference}`)
  }

  referrers(
    registry: string,
    repository: string,
    digest: string,
  ): MirroredReferrer[] | Promise<MirroredReferrer[]> {
    return this.#referrers.get(`${registry} ${repository} ${digest}`)
  }

  /** @param repository empty to ask for the registry alone. */
  known(registry: string, repository: string): KnownRepository | Promise<KnownRepository> {
    return this.#repositories.get(`${registry} ${repository} `)
  }

  close(): void {
    for (const stop of this.#stops) stop()
  }
}

interface PartRow {
  position: number
  digest: string | null
  kind: PartKind | null
  image_id: string | null
  media_type: string | null
  /** PostgreSQL's driver gives eight-byte integers as text. */
  size: string | null
  sha256: string | null
  stored_at: Date | null
  is_top: boolean | null
  waiting_id: string | null
  waiting_state: 'pending' | 'fetching' | 'stored' | 'failed' | null
  error: string | null
  next_attempt_at: Date | null
  parts_done: number | null
  parts_total: number | null
  unchosen_id: string | null
  platform: string | null
  tagged_id: string | null
  tagged_digest: string | null
  denied: string | null
}

/** What is served belongs to an image that was whole once: of one that is being fetched for the first time, nothing is. */
const PARTS = `
  SELECT asked.position::int, p.digest, p.kind::text, p.image_id, p.media_type, p.size::text, p.sha256, p.stored_at, p.is_top,
    w.id AS waiting_id, w.state::text AS waiting_state, w.error, w.next_attempt_at, w.parts_done, w.parts_total,
    u.image_id AS unchosen_id, u.platform, g.id AS tagged_id, g.digest AS tagged_digest,
    (SELECT reason FROM host_rules WHERE host IN (asked.registry, split_part(asked.registry, ':', 1)) AND action = 'deny'
      LIMIT 1) AS denied
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked(registry, repository, reference, position)
  LEFT JOIN LATERAL (
    SELECT t.digest FROM image_tags t JOIN images i ON i.id = t.image_id
    WHERE t.name = asked.reference AND i.registry = asked.registry AND i.repository = asked.repository
      AND i.stored_at IS NOT NULL ORDER BY i.id DESC LIMIT 1) t ON true
  LEFT JOIN LATERAL (
    SELECT p.*, i.stored_at, i.digest = p.digest AS is_top FROM image_parts p JOIN images i ON i.id = p.image_id
    WHERE p.digest = coalesce(t.digest, asked.reference) AND p.sha256 IS NOT NULL
      AND i.registry = asked.registry AND i.repository = asked.repository AND i.stored_at IS NOT NULL
    ORDER BY i.digest = p.digest DESC, i.id LIMIT 1) p ON true
  LEFT JOIN images w ON w.registry = asked.registry AND w.repository = asked.repository AND w.digest = asked.reference
  LEFT JOIN LATERAL (
    SELECT c.image_id, c.platform FROM image_parts c JOIN images i ON i.id = c.image_id
    WHERE c.digest = asked.reference AND NOT c.wanted AND i.registry = asked.registry AND i.repository = asked.repository
      AND c.kind IN ('index', 'manifest') ORDER BY i.id DESC LIMIT 1) u ON true
  LEFT JOIN LATERAL (
    SELECT i.id, i.digest FROM images i WHERE i.registry = asked.registry AND i.repository = asked.repository
      AND i.resolved_tag = asked.reference ORDER BY i.id DESC LIMIT 1) g ON true`

/** Straight to the driver with a prepared statement: this is what every first request for a part waits for. */
async function loadParts(ctx: Context, keys: string[]): Promise<Map<string, FoundPart>> {
  const { rows } = await ctx.pool.query<PartRow>({
    name: 'find-mirrored',
    text: PARTS,
    values: columns(keys),
  })
  return new Map(rows.map((row) => [keys[row.position - 1] as string, foundPart(ctx, row)]))
}

function foundPart(ctx: Context, row: PartRow): FoundPart {
  if (row.digest !== null && row.sha256 !== null) return mirroredPart(ctx, row)
  if (row.waiting_id !== null && row.waiting_state !== null && row.waiting_state !== 'stored') {
    return {
      state: row.waiting_state,
      imageId: row.waiting_id,
      error: row.error,
      nextAttemptAt: row.next_attempt_at,
      partsDone: row.parts_done ?? 0,
      partsTotal: row.parts_total,
    }
  }
  if (row.unchosen_id !== null) return { state: 'unchosen', imageId: row.unchosen_id, platform: row.platform }
  const tagged =
    row.tagged_id === null ? null : { imageId: row.tagged_id, digest: row.tagged_digest as string }
  return { state: 'absent', tagged, denied: row.denied }
}

function mirroredPart(ctx: Context, row: PartRow): MirroredPart {
  const digest = row.digest as string
  const isManifest = isManifestKind(row.kind as PartKind)
  const named = parseDigest(digest) ?? { algorithm: 'sha256' as const, hex: row.sha256 as string }
  return {
    state: 'stored',
    digest,
    imageId: row.image_id as string,
    isManifest,
    isTop: row.is_top === true,
    representation: describeContent({
      ...named,
      source: ctx.blobs.source(row.sha256 as string),
      size: Number(row.size),
      contentType: isManifest ? row.media_type : null,
      contentDisposition: null,
      modifiedAt: row.stored_at as Date,
      headers: headersOf(digest),
    }),
  }
}

/**
 * The gateway may be on the portal's own origin: nothing that somebody made us fetch may run there as a page of ours. Who may
 * read what is mirrored is for us to say, so no shared cache answers in our place.
 */
function headersOf(digest: string): string[] {
  return [
    ...['Docker-Content-Digest', digest, 'Docker-Distribution-API-Version', 'registry/2.0'],
    ...['X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', "sandbox; default-src 'none'"],
    ...['Cache-Control', 'private, no-transform, max-age=31536000, immutable'],
  ]
}

interface ReferrerRow {
  position: number
  digest: string | null
  media_type: string
  size: string
  artifact_type: string | null
  annotations: Record<string, string> | null
}

const REFERRERS = `
  SELECT DISTINCT ON (asked.position, p.digest) asked.position::int, p.digest, p.media_type, p.size::text, p.artifact_type,
    p.annotations
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked(registry, repository, digest, position)
  LEFT JOIN (image_parts p JOIN images i ON i.id = p.image_id AND i.stored_at IS NOT NULL)
    ON p.subject = asked.digest AND p.sha256 IS NOT NULL AND p.kind IN ('index', 'manifest')
      AND i.registry = asked.registry AND i.repository = asked.repository
  ORDER BY asked.position, p.digest`

async function loadReferrers(ctx: Context, keys: string[]): Promise<Map<string, MirroredReferrer[]>> {
  const { rows } = await ctx.pool.query<ReferrerRow>({
    name: 'find-mirrored-referrers',
    text: REFERRERS,
    values: columns(keys),
  })
  const found = new Map<string, MirroredReferrer[]>(keys.map((key) => [key, []]))
  for (const { position, digest, media_type, size, artifact_type, annotations } of rows) {
    if (digest === null) continue
    found.get(keys[position - 1] as string)?.push({
      mediaType: media_type,
      digest,
      size: Number(size),
      ...(artifact_type !== null && { artifactType: artifact_type }),
      ...(annotations !== null && { annotations }),
    })
  }
  return found
}

const REPOSITORIES = `
  SELECT asked.position::int, EXISTS (SELECT FROM images WHERE registry = asked.registry) AS registry,
    EXISTS (SELECT FROM images WHERE registry = asked.registry AND repository = asked.repository) AS repository,
    ARRAY(SELECT DISTINCT t.name COLLATE "C" FROM image_tags t JOIN images i ON i.id = t.image_id
      WHERE i.registry = asked.registry AND i.repository = asked.repository AND i.stored_at IS NOT NULL ORDER BY 1) AS tags
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked(registry, repository, nothing, position)`

async function loadRepositories(ctx: Context, keys: string[]): Promise<Map<string, KnownRepository>> {
  const { rows } = await ctx.pool.query<KnownRepository & { position: number }>({
    name: 'find-mirrored-repositories',
    text: REPOSITORIES,
    values: columns(keys),
  })
  return new Map(rows.map(({ position, ...known }) => [keys[position - 1] as string, known]))
}

/** The words of the keys, as three lists. */
function columns(keys: readonly string[]): (string | undefined)[][] {
  const words = keys.map((key) => key.split(' '))
  return [0, 1, 2].map((place) => words.map((word) => word[place]))
}
