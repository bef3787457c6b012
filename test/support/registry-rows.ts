import { createHash } from 'node:crypto'
import type { Context } from '@/server/context'
import { readManifest } from '@/server/oci/manifest'
import { OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'

/** Rows as a push leaves them, without its bytes: for what only reads the registry. */

export const digestOf = (content: string | Buffer) =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`

export async function addRepository(ctx: Context, name: string, cluster = 'default') {
  return ctx.db.repository.upsert({
    where: { cluster_name: { cluster, name } },
    create: { cluster, name },
    update: {},
  })
}

/** A blob of this size, whose digest is made of its name. */
export async function addBlob(
  ctx: Context,
  repository: { id: string; cluster: string },
  name: string,
  size: number,
) {
  const digest = digestOf(name)
  const { cluster } = repository
  await ctx.db.clusterBlob.upsert({
    where: { cluster_digest: { cluster, digest } },
    create: { cluster, digest, size },
    update: {},
  })
  await ctx.db.repositoryBlob.upsert({
    where: { repositoryId_digest: { repositoryId: repository.id, digest } },
    create: { repositoryId: repository.id, cluster, digest },
    update: {},
  })
  return { digest, size }
}

interface ImageRows {
  /** `name:size` of each layer. */
  layers: readonly string[]
  tags?: readonly string[]
  subject?: string
  artifactType?: string
}

/** An image with its configuration and layers. @returns its descriptor. */
export async function addImage(
  ctx: Context,
  repository: { id: string; cluster: string },
  { layers, tags = [], subject, artifactType }: ImageRows,
) {
  const config = await addBlob(ctx, repository, `config of ${layers.join()}${subject ?? ''}`, 1500)
  const described = []
  for (const layer of layers) {
    const [name = '', size] = layer.split(':')
    described.push({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      ...(await addBlob(ctx, repository, name, Number(size))),
    })
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...(artifactType && { artifactType }),
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: described,
    ...(subject && { subject: { mediaType: OCI_MANIFEST, digest: subject, size: 500 } }),
  }
  return addManifest(ctx, repository, { manifest, tags })
}

/** An index of manifests by platform. */
export async function addIndex(
  ctx: Context,
  repository: { id: string; cluster: string },
  children: readonly { platform?: string; digest: string; size: number; artifactType?: string }[],
  tags: readonly string[] = [],
) {
  const manifests = children.map(({ platform, ...rest }) => {
    const [os, architecture, variant] = platform?.split('/') ?? []
    return { mediaType: OCI_MANIFEST, ...rest, ...(os && { platform: { os, architecture, variant } }) }
  })
  return addManifest(ctx, repository, {
    manifest: { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
    tags,
  })
}

/** A manifest of any kind, under tags. */
export async function addManifest(
  ctx: Context,
  repository: { id: string; cluster: string },
  { manifest, tags }: { manifest: { mediaType: string; [field: string]: unknown }; tags: readonly string[] },
) {
  const content = Buffer.from(JSON.stringify(manifest, null, 2))
  const digest = digestOf(content)
  const read = readManifest(content, manifest.mediaType)
  const key = { repositoryId: repository.id, digest }
  const { config, layers, manifests } = read
  const parts = [
    ...(config ? [{ kind: 'config' as const, ...config }] : []),
    ...layers.map((layer) => ({ kind: 'layer' as const, ...layer })),
    ...manifests.map((child) => ({ kind: 'manifest' as const, ...child })),
  ]
  await ctx.db.manifest.create({
    data: {
      ...key,
      mediaType: manifest.mediaType,
      content: new Uint8Array(content),
      size: content.length,
      artifactType: read.artifactType ?? null,
      subject: read.subject?.digest ?? null,
      pushedBy: 'A tester',
      parts: {
        create: parts.map(({ kind, digest: part, mediaType, size, platform }, position) => ({
          kind,
          position,
          digest: part,
          mediaType,
          size,
          platform: platform ?? null,
        })),
      },
    },
  })
  for (const name of tags) {
    await ctx.db.tag.create({ data: { ...key, name, pushedBy: 'A tester' } })
  }
  return { digest, size: content.length }
}
