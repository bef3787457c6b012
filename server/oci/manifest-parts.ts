import type { Tx } from '@/server/db'
import { RegistryFault } from '@/server/oci/faults'
import type { Descriptor, ReadManifest } from '@/server/oci/manifest'
import { isForeignLayer } from '@/server/oci/media-types'
import type { RepositoryRow } from '@/server/oci/repository'

/** What a manifest names, in its order. */
export interface Part extends Descriptor {
  kind: 'config' | 'layer' | 'manifest'
}

interface Held {
  digest: string
  size: number
}

/** Config first, then layers; or the manifests of an index. */
export function partsOf({ config, layers, manifests }: ReadManifest): Part[] {
  return [
    ...(config === undefined ? [] : [{ ...config, kind: 'config' as const }]),
    ...layers.map((layer) => ({ ...layer, kind: 'layer' as const })),
    ...manifests.map((manifest) => ({ ...manifest, kind: 'manifest' as const })),
  ]
}

/**
 * Makes sure that a repository has all a manifest names, and keeps it from being deleted until the transaction ends.
 * Layers that need not be distributed may be absent.
 * @throws RegistryFault `MANIFEST_BLOB_UNKNOWN` naming what is missing; `SIZE_INVALID` for what has another size.
 */
export async function requireParts(tx: Tx, repository: RepositoryRow, parts: Part[]): Promise<void> {
  const blobs = digestsOf(parts, (part) => part.kind !== 'manifest' && !isForeignLayer(part.mediaType))
  const manifests = digestsOf(parts, (part) => part.kind === 'manifest')
  const held = [
    ...(await tx.$queryRaw<Held[]>`
      SELECT digest, blob.size::float8 AS size FROM repository_blobs JOIN cluster_blobs blob USING (cluster, digest)
      WHERE repository_id = ${repository.id}::uuid AND digest = ANY(${blobs}) FOR SHARE OF repository_blobs`),
    ...(await tx.$queryRaw<Held[]>`
      SELECT digest, size::float8 AS size FROM manifests
      WHERE repository_id = ${repository.id}::uuid AND digest = ANY(${manifests}) FOR SHARE`),
  ]
  const sizes = new Map(held.map(({ digest, size }) => [digest, size]))
  const missing = [...blobs, ...manifests].filter((digest) => !sizes.has(digest))
  if (missing.length === 0) return refuseOtherSizes(parts, sizes)
  const more = missing.length > 1 ? `, and ${missing.length - 1} more` : ''
  throw new RegistryFault(
    'MANIFEST_BLOB_UNKNOWN',
    `The manifest names ${missing[0]}${more}, which this repository does not have. Push that first.`,
    { digests: missing.slice(0, 20) },
  )
}

/** Clients compare the size they are told with what comes. Docker's first format tells none, which is read as zero. */
function refuseOtherSizes(parts: Part[], sizes: Map<string, number>): void {
  const wrong = parts.find(({ digest, size }) => size > 0 && (sizes.get(digest) ?? size) !== size)
  if (wrong === undefined) return
  throw new RegistryFault(
    'SIZE_INVALID',
    `The manifest says that ${wrong.digest} has ${wrong.size} bytes; it has ${sizes.get(wrong.digest)}.`,
  )
}

/** Writes the rows of what a new manifest names: in one statement, for it may name tens of thousands. */
export async function insertParts(
  tx: Tx,
  { repositoryId, manifest }: { repositoryId: string; manifest: string },
  parts: Part[],
): Promise<void> {
  const column = <Field extends keyof Part>(field: Field) => parts.map((part) => part[field])
  const platforms = parts.map(({ platform = '' }) => platform)
  await tx.$executeRaw`
    INSERT INTO manifest_parts (repository_id, manifest, position, kind, digest, media_type, size, platform)
    SELECT ${repositoryId}::uuid, ${manifest}, place - 1, kind::manifest_part_kind, digest, media_type, size,
      nullif(platform, '')
    FROM unnest(${column('kind')}::text[], ${column('digest')}::text[], ${column('mediaType')}::text[],
      ${column('size')}::bigint[], ${platforms}::text[])
      WITH ORDINALITY AS part(kind, digest, media_type, size, platform, place)`
}

function digestsOf(parts: Part[], wanted: (part: Part) => boolean): string[] {
  return [...new Set(parts.filter(wanted).map(({ digest }) => digest))]
}
