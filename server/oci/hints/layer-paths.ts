import type { ReadManifest } from '@/server/oci/manifest'
import type { HintDocument } from '@/server/storage/cluster-documents'

/** What a scheduler is told of one tag. */
export type Hint = HintDocument[string]

interface Surroundings {
  /** Where the bytes of a digest are, as the cluster's readers name it. */
  place(digest: string): string
  /** A manifest that an index names; undefined when it is not there. */
  child(digest: string): ReadManifest | undefined
}

/** Indexes inside indexes are followed so deep. */
export const MAX_DEPTH = 8

/** An image's config: what an entry of an index without a platform must have to be an image at all. */
const IMAGE_CONFIG = /^application\/vnd\.(docker\.container\.image|oci\.image\.config)\.v1\+json$/

/**
 * The places of an image's layers in the order of its manifest (origin 001, “ytrepositorymiddleware”), of docker's both
 * formats and OCI's. Of an index, one such list for each platform; entries that are no images are left out, those without
 * a platform go by their digest, and of two with one platform the first counts, as it does for those who pull.
 */
export function layerPaths(manifest: ReadManifest, { place, child }: Surroundings): Hint {
  const pathsOf = ({ layers }: ReadManifest) => layers.map(({ digest }) => place(digest))
  if (manifest.kind !== 'index') return pathsOf(manifest)
  const lists: Record<string, string[]> = {}
  const collect = (index: ReadManifest, depth: number) => {
    for (const { digest, platform } of index.manifests) {
      const inside = child(digest)
      if (inside?.kind === 'index') {
        if (depth < MAX_DEPTH) collect(inside, depth + 1)
        continue
      }
      const name = platform ?? (isImage(inside) ? digest : undefined)
      if (inside && name !== undefined && !name.startsWith('unknown/')) lists[name] ??= pathsOf(inside)
    }
  }
  collect(manifest, 1)
  return lists
}

function isImage(manifest: ReadManifest | undefined): boolean {
  return manifest?.kind === 'schema1' || IMAGE_CONFIG.test(manifest?.config?.mediaType ?? '')
}
