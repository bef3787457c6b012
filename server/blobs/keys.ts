/**
 * The only place that builds storage keys.
 *
 *   blobs/sha256/<first 2 hex>/<64 hex>   one stored content, immutable
 *   incoming/<uuid>                       a body on its way in; becomes a blob by a move, or is swept
 */
export function blobKey(sha256: string): string {
  return `blobs/sha256/${sha256.slice(0, 2)}/${sha256}`
}

/** Where a body is written while it is being hashed. */
export function incomingKey(id: string): string {
  return `incoming/${id}`
}
