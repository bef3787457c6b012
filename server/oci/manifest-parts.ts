import type { Tx } from '@/server/db'
import { RegistryFault } from '@/server/oci/faults'
import type { Descriptor, ReadManifest } from '@/server/oci/manifest'
import { isForeignLayer } from '@/server/oci/media-types'
import type { RepositoryRow } from '@/server/oci/repository'

/** What a manifest names, in its order. */
export interface Part extends Descriptor {
  kind: 'config' | 'layer' | 'manifest'
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
 * @throws RegistryFault `MANIFEST_BLOB_UNKNOWN` naming what is missing.
 */
export async function requireParts(tx: Tx, repository: RepositoryRow, parts: Part[]): Promise<void> {
  const blobs = digestsOf(parts, (part) => part.kind !== 'manifest' && !isForeignLayer(part.mediaType))
  const manifests = digestsOf(parts, (part) => part.kind === 'manifest')
  const held = [
    ...(await tx.$queryRaw<{ digest: string }[]>`
      SELECT digest FROM repository_blobs WHERE repository_id = ${repository.id}::uuid AND digest = ANY(${blobs}) FOR SHARE`),
    ...(await tx.$queryRaw<{ digest: string }[]>`
      SELECT digest FROM manifests WHERE repository_id = ${repository.id}::uuid AND digest = ANY(${manifests}) FOR SHARE`),
  ]
  const there = new Set(held.map(({ digest }) => digest))
  const missing = [...blobs, ...manifests].filter((digest) => !there.has(digest))
  if (missing.length === 0) return
  const more = missing.length > 1 ? `, and ${missing.length - 1} more` : ''
  throw new RegistryFault(
    'MANIFEST_BLOB_UNKNOWN',
    `The manifest names ${missing[0]}${more}, which this repository does not have. Push that first.`,
    { digests: missing.slice(0, 20) },
  )
}

/** Writes the rows of what a new manifest names. */
export async function insertParts(
  tx: Tx,
  of: { repositoryId: string; manifest: string },
  parts: Part[],
): Promise<void> {
  const data = parts.map(({ kind, digest, mediaType, size, platform = null }, position) => ({
    ...of,
    ...{ position, kind, digest, mediaType, size, platform },
  }))
  await tx.manifestPart.createMany({ data })
}

function digestsOf(parts: Part[], wanted: (part: Part) => boolean): string[] {
  return [...new Set(parts.filter(wanted).map(({ digest }) => digest))]
}
