import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import type { Notices } from '@/server/events'
import { describeContent, type Representation } from '@/server/http/represent'
import { clusterBlobKey } from '@/server/oci/blob-keys'
import { parseDigest } from '@/server/oci/digest'
import type { Cluster } from '@/server/storage/clusters'
import { sourceInMemory, sourceOf } from '@/server/storage/source'

/** A manifest or a blob as it is served. */
export interface FoundContent {
  state: 'found'
  digest: string
  representation: Representation
  /** The bytes of a manifest; those of a blob are read when they are sent. */
  content?: Buffer
}

export interface AbsentContent {
  state: 'absent'
  /** Whether there is a repository of this name at all. */
  repository: boolean
}

export type Found = FoundContent | AbsentContent

const CAPACITY = 20_000
const MANIFESTS_TOTAL = 64 * 1024 * 1024
const BLOB_WEIGHT = 2_000

/**
 * Finds what the registry's clusters have, by repository and reference. What is found is kept until a notice of topic
 * `repository`, which every change of one sends; what is absent is asked for again, since a push is about to bring it.
 */
export class RegistryFinder {
  readonly #manifests: BatchedCache<Found>
  readonly #blobs: BatchedCache<Found>
  readonly #stopListening: () => void

  constructor(ctx: Context, notices: Notices) {
    const keep = ({ state }: Found) => (state === 'found' ? ('until_told' as const) : ('not_at_all' as const))
    const weigh = {
      of: (found: Found) =>
        found.state === 'found' ? (found.content?.length ?? 0) + BLOB_WEIGHT : BLOB_WEIGHT,
      total: MANIFESTS_TOTAL,
    }
    this.#manifests = new BatchedCache({
      load: (keys) => loadManifests(ctx, keys),
      keep,
      capacity: CAPACITY,
      weigh,
    })
    this.#blobs = new BatchedCache({ load: (keys) => loadBlobs(ctx, keys), keep, capacity: CAPACITY })
    this.#stopListening = notices.on('repository', () => this.forget())
  }

  /** @param reference a tag or a digest. */
  manifest(cluster: Cluster, name: string, reference: string): Found | Promise<Found> {
    return this.#manifests.get(`${cluster.name} ${name} ${reference}`)
  }

  blob(cluster: Cluster, name: string, digest: string): Found | Promise<Found> {
    return this.#blobs.get(`${cluster.name} ${name} ${digest}`)
  }

  /** Called by this process at once after a change of its own, so that the next request sees it. */
  forget(): void {
    this.#manifests.forgetPassing()
    this.#blobs.forgetPassing()
  }

  close(): void {
    this.#stopListening()
  }
}

interface Row {
  position: number
  repository_id: string | null
  digest: string | null
  media_type: string | null
  content: Buffer | null
  /** PostgreSQL's driver gives eight-byte integers as text. */
  size: string | null
  created_at: Date | null
}

const ASKED =
  'unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked(cluster, name, reference, position)'

const MANIFESTS = `
  SELECT asked.position::int, r.id AS repository_id, m.digest, m.media_type, m.content, m.size::text, m.created_at
  FROM ${ASKED}
  LEFT JOIN repositories r ON r.cluster = asked.cluster AND r.name = asked.name
  LEFT JOIN tags t ON t.repository_id = r.id AND t.name = asked.reference
  LEFT JOIN manifests m ON m.repository_id = r.id AND m.digest = coalesce(t.digest, asked.reference)`

const BLOBS = `
  SELECT asked.position::int, r.id AS repository_id, b.digest, NULL AS media_type, NULL::bytea AS content, b.size::text,
    b.created_at
  FROM ${ASKED}
  LEFT JOIN repositories r ON r.cluster = asked.cluster AND r.name = asked.name
  LEFT JOIN repository_blobs l ON l.repository_id = r.id AND l.digest = asked.reference
  LEFT JOIN cluster_blobs b ON b.cluster = l.cluster AND b.digest = l.digest`

const loadManifests = (ctx: Context, keys: string[]) =>
  load(ctx, { name: 'find-manifests', text: MANIFESTS }, keys)
const loadBlobs = (ctx: Context, keys: string[]) =>
  load(ctx, { name: 'find-registry-blobs', text: BLOBS }, keys)

async function load(
  ctx: Context,
  query: { name: string; text: string },
  keys: string[],
): Promise<Map<string, Found>> {
  const asked = keys.map((key) => key.split(' '))
  const values = [0, 1, 2].map((part) => asked.map((words) => words[part]))
  const { rows } = await ctx.pool.query<Row>({ ...query, values })
  return new Map(
    rows.map((row) => {
      const at = row.position - 1
      return [keys[at] as string, foundOf(ctx, asked[at]?.[0] as string, row)]
    }),
  )
}

function foundOf(ctx: Context, clusterName: string, row: Row): Found {
  const parsed = row.digest === null ? undefined : parseDigest(row.digest)
  if (row.digest === null || parsed === undefined)
    return { state: 'absent', repository: row.repository_id !== null }
  const digest = row.digest
  const { storage } = ctx.clusters.named(clusterName)
  const representation = describeContent({
    ...parsed,
    source: row.content === null ? sourceOf(storage, clusterBlobKey(digest)) : sourceInMemory(row.content),
    size: Number(row.size),
    contentType: row.media_type,
    contentDisposition: null,
    modifiedAt: row.created_at as Date,
    headers: headersOf(digest, row.media_type === null),
    hasDigestFields: false,
  })
  return { state: 'found', digest, representation, ...(row.content && { content: row.content }) }
}

/**
 * The portal's own origin may serve these: nothing that somebody pushed may run there as a page of ours, and by these types
 * no browser shows it as one. Few fields, for each is checked again with every answer.
 */
function headersOf(digest: string, isBlob: boolean): string[] {
  return [
    ...['Docker-Content-Digest', digest, 'Docker-Distribution-API-Version', 'registry/2.0'],
    ...['X-Content-Type-Options', 'nosniff'],
    // Who may read a node may change, so no shared cache may answer in our place; nor may anybody compress what clients
    // measure and hash.
    ...['Cache-Control', `private, no-transform, ${isBlob ? 'max-age=31536000, immutable' : 'no-cache'}`],
  ]
}
