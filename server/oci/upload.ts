import { z } from 'zod'
import type { Context } from '@/server/context'
import { RegistryFault } from '@/server/oci/faults'
import type { Cluster } from '@/server/storage/clusters'

const chunks = z.array(z.object({ key: z.string(), size: z.number().int() }))
export type Chunk = z.infer<typeof chunks>[number]

/** An upload under way. Nothing of it is in a process: any instance may take the next chunk. */
export interface OpenUpload {
  id: string
  repositoryId: string
  /** Bytes received so far. */
  received: number
  chunks: Chunk[]
  /** Of all bytes, while they are one chunk. */
  sha256: string | null
}

/** The chunks that a row of an upload lists. */
export function chunksOf(column: unknown): Chunk[] {
  return chunks.parse(column)
}

/** Removes the bytes of chunks; one that has become a blob is not there any more. */
export async function removeChunks(cluster: Cluster, removed: readonly Chunk[]): Promise<void> {
  for (const { key } of removed) await cluster.storage.remove(key)
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * @param id as the URL gives it: an upload is found only through the repository that it belongs to.
 * @throws RegistryFault `BLOB_UPLOAD_UNKNOWN`.
 */
export async function openUpload(
  ctx: Context,
  cluster: Cluster,
  { name, id }: { name: string; id: string },
): Promise<OpenUpload> {
  const row = ID.test(id)
    ? await ctx.db.upload.findFirst({ where: { id, repository: { cluster: cluster.name, name } } })
    : null
  if (row === null) {
    throw new RegistryFault(
      'BLOB_UPLOAD_UNKNOWN',
      'There is no such upload: it was finished, cancelled, or left for too long.',
    )
  }
  const { repositoryId, received, sha256 } = row
  return { id, repositoryId, received: Number(received), chunks: chunksOf(row.chunks), sha256 }
}

/** Where the client goes on with an upload, and the bytes that are there already. */
export function uploadHeaders(name: string, id: string, received: number): string[] {
  return [
    ...['Location', `/v2/${name}/blobs/uploads/${id}`, 'Docker-Upload-UUID', id],
    ...['Range', `0-${Math.max(0, received - 1)}`],
  ]
}
