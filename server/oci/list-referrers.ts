import type { Context } from '@/server/context'
import { OCI_INDEX } from '@/server/oci/media-types'
import type { Cluster } from '@/server/storage/clusters'

interface ReferrerQuery {
  name: string
  /** Of the subject, which need not exist. */
  digest: string
  artifactType: string | null
  /** Digest of the last referrer of the page before. */
  after: string
}

export interface Referrers {
  /** The index to answer with (OCI distribution-spec 1.1, “Listing Referrers”). */
  index: { schemaVersion: 2; mediaType: string; manifests: ReferrerDescriptor[] }
  /** The digest after which the next page begins, if there is one. */
  next: string | undefined
}

interface ReferrerDescriptor {
  mediaType: string
  digest: string
  size: number
  artifactType?: string
  annotations?: Record<string, string>
}

interface Row {
  digest: string
  media_type: string
  size: number
  artifact_type: string | null
  /** Null as well for a row that is too heavy for the page. */
  annotations: Record<string, string> | null
  /** The manifests before it have filled the page. */
  heavy: boolean
}

/** Large, because some clients ask for the first page only; bounded, because an answer is made in memory. */
const PAGE = 1_000
const MAX_ANNOTATIONS = 3 * 1024 * 1024
/** Bytes of manifests after which a page ends before their annotations are read, which are hardly larger. */
const MAX_MANIFESTS = 16 * 1024 * 1024

/** What refers to a digest, ordered by digest; nothing when the repository or the subject is not there. */
export async function listReferrers(
  ctx: Context,
  cluster: Cluster,
  { name, digest, artifactType, after }: ReferrerQuery,
): Promise<Referrers> {
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT digest, media_type, size, artifact_type, heavy, CASE WHEN NOT heavy THEN annotations END AS annotations
    FROM (
      SELECT m.digest, m.media_type, m.size, m.artifact_type, m.annotations,
        sum(m.size) OVER (ORDER BY m.digest) - m.size > ${MAX_MANIFESTS} AS heavy
      FROM repositories r JOIN manifests m ON m.repository_id = r.id
      WHERE r.cluster = ${cluster.name} AND r.name = ${name} AND m.subject = ${digest} AND m.digest > ${after}
        AND (${artifactType}::text IS NULL OR m.artifact_type = ${artifactType})
    ) AS found
    ORDER BY digest LIMIT ${PAGE + 1}`
  const manifests: ReferrerDescriptor[] = []
  let weight = 0
  for (const row of rows.slice(0, PAGE)) {
    weight += JSON.stringify(row.annotations ?? {}).length
    if (row.heavy || (weight > MAX_ANNOTATIONS && manifests.length > 0)) break
    manifests.push(descriptorOf(row))
  }
  const next = manifests.length < rows.length ? manifests.at(-1)?.digest : undefined
  return { index: { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, next }
}

function descriptorOf({ digest, media_type, size, artifact_type, annotations }: Row): ReferrerDescriptor {
  return {
    mediaType: media_type,
    digest,
    size,
    ...(artifact_type !== null && { artifactType: artifact_type }),
    ...(annotations !== null && { annotations }),
  }
}
