import { parseDigest } from '@/server/oci/digest'

/**
 * The only place that builds keys in the storage of a cluster.
 *
 *   docker/registry/v2/blobs/<alg>/<first 2 hex>/<hex>/data   one content, immutable (the layout of origin 001, which
 *                                                             schedulers are told by the layer hints)
 *   uploads/<uuid>                                            a chunk on its way in
 *
 * @param digest `sha256:<hex>` or `sha512:<hex>`; anything else is a fault of the caller.
 */
export function clusterBlobKey(digest: string): string {
  const parsed = parseDigest(digest)
  if (parsed === undefined) throw new TypeError(`“${digest}” is not a digest.`)
  const { algorithm, hex } = parsed
  return `docker/registry/v2/blobs/${algorithm}/${hex.slice(0, 2)}/${hex}/data`
}

/** Where chunks of uploads lie. */
export const UPLOADS = 'uploads'

/** @param id a UUID, new for each chunk. */
export function chunkKey(id: string): string {
  return `${UPLOADS}/${id}`
}
