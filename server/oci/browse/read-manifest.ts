import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { clusterBlobKey } from '@/server/oci/blob-keys'
import { totalSize } from '@/server/oci/browse/manifest-size'
import { referrersOf } from '@/server/oci/browse/referrers-of'
import { sharedWith } from '@/server/oci/browse/shared-with'
import { viewOfRepository } from '@/server/oci/browse/view'
import { isDigest } from '@/server/oci/digest'
import { isIndex } from '@/server/oci/media-types'
import type { ManifestChild, ManifestDetail } from '@/server/oci/schema'

const { sql } = Prisma

const MAX_TAGS = 100

interface PartRow {
  position: number
  kind: 'config' | 'layer' | 'manifest'
  digest: string
  mediaType: string
  size: bigint
  platform: string | null
  total: bigint | null
}

interface ParentRow {
  digest: string
  platform: string | null
  tags: string[]
}

/**
 * One manifest: what it is made of, where that lies, who else has it, and what is about it.
 * @param reference a digest or a tag.
 * @throws AppError `forbidden`, `not_found`.
 */
export async function readManifestDetail(
  ctx: Context,
  actor: Actor,
  { cluster, name, reference }: { cluster: string; name: string; reference: string },
): Promise<ManifestDetail> {
  const view = await viewOfRepository(ctx, actor, { cluster, name })
  const { repository } = view
  const digest = isDigest(reference) ? reference : await digestOfTag(ctx, repository.id, reference)
  const key = { repositoryId: repository.id, digest }
  const manifest = await ctx.db.manifest.findUnique({ where: { repositoryId_digest: key } })
  if (!manifest) throw new AppError('not_found', 'There is no such manifest in this repository.')
  const [parts, parents, tags, referrers, subjectHere] = await Promise.all([
    readParts(ctx, key),
    readParents(ctx, key),
    ctx.db.tag.findMany({ where: key, orderBy: { name: 'asc' }, take: MAX_TAGS, select: { name: true } }),
    referrersOf(ctx.db, repository.id, digest),
    manifest.subject === null
      ? 0
      : ctx.db.manifest.count({ where: { repositoryId: repository.id, digest: manifest.subject } }),
  ])
  const blobs = parts.filter(({ kind }) => kind !== 'manifest')
  const shared = await sharedWith(ctx, view, {
    repositoryId: repository.id,
    digests: blobs.map((part) => part.digest),
  })
  const presentBlob = (part: PartRow) => ({
    digest: part.digest,
    mediaType: part.mediaType,
    size: Number(part.size),
    place: view.cluster.storage.place(clusterBlobKey(part.digest)),
    sharedWith: shared.get(part.digest) ?? [],
  })
  const config = blobs.find(({ kind }) => kind === 'config')
  const children = parts.filter(({ kind }) => kind === 'manifest').map(presentChild)
  const below = children.reduce((sum, { size }) => sum + size, 0)
  return {
    cluster,
    name,
    digest,
    mediaType: manifest.mediaType,
    kind: isIndex(manifest.mediaType)
      ? 'index'
      : manifest.mediaType.includes('.v1+pretty') ||
          manifest.mediaType.endsWith('distribution.manifest.v1+json')
        ? 'schema1'
        : 'image',
    artifactType: manifest.artifactType,
    annotations: manifest.annotations as Record<string, string> | null,
    size: manifest.size,
    totalSize: manifest.size + below + blobs.reduce((sum, { size }) => sum + Number(size), 0),
    content: Buffer.from(manifest.content).toString('utf8'),
    subject: manifest.subject === null ? null : { digest: manifest.subject, isHere: subjectHere > 0 },
    tags: tags.map((tag) => tag.name),
    config: config === undefined ? null : presentBlob(config),
    layers: blobs.filter(({ kind }) => kind === 'layer').map(presentBlob),
    children,
    parents,
    referrers,
    pushedBy: manifest.pushedBy,
    createdAt: manifest.createdAt.toISOString(),
  }
}

async function digestOfTag(ctx: Context, repositoryId: string, name: string): Promise<string> {
  const tag = await ctx.db.tag.findUnique({ where: { repositoryId_name: { repositoryId, name } } })
  if (!tag) throw new AppError('not_found', `There is no tag “${name}” in this repository.`)
  return tag.digest
}

interface ManifestKey {
  repositoryId: string
  digest: string
}

function readParts(ctx: Context, { repositoryId, digest }: ManifestKey): Promise<PartRow[]> {
  return ctx.db.$queryRaw<PartRow[]>`
    SELECT position, kind::text AS kind, digest, media_type AS "mediaType", size, platform,
      CASE WHEN kind = 'manifest' THEN ${totalSize(sql`p.repository_id`, sql`p.digest`)} END AS total
    FROM manifest_parts p WHERE repository_id = ${repositoryId}::uuid AND manifest = ${digest} ORDER BY position`
}

function readParents(ctx: Context, { repositoryId, digest }: ManifestKey): Promise<ParentRow[]> {
  return ctx.db.$queryRaw<ParentRow[]>`
    SELECT p.manifest AS digest, p.platform, ARRAY(SELECT t.name FROM tags t
      WHERE t.repository_id = p.repository_id AND t.digest = p.manifest ORDER BY t.name LIMIT 5) AS tags
    FROM manifest_parts p
    WHERE p.repository_id = ${repositoryId}::uuid AND p.digest = ${digest} AND p.kind = 'manifest' LIMIT 20`
}

function presentChild({ digest, mediaType, size, platform, total }: PartRow): ManifestChild {
  return { digest, mediaType, platform, size: Number(total ?? size), isHere: total !== null }
}
