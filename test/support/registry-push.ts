import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Context } from '@/server/context'
import type { Caller } from '@/server/oci/access/caller'
import { OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'
import { pushBlob } from '@/server/oci/push-blob'
import { pushManifest } from '@/server/oci/push-manifest'

/** Pushes as the registry's doors do, bytes and rows, without a door. */

export const digestOf = (content: string | Buffer, algorithm: 'sha256' | 'sha512' = 'sha256') =>
  `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`

/** @returns its digest. */
export async function putBlob(ctx: Context, name: string, content: string | Buffer): Promise<string> {
  const digest = digestOf(content)
  const body = Readable.from([Buffer.from(content)])
  await pushBlob(ctx, ctx.clusters.named('default'), { name, digest, body })
  return digest
}

/** The bytes of an image manifest that names these blobs; the first is its configuration. */
export function imageOf(blobs: readonly string[], part: Record<string, unknown> = {}): Buffer {
  const [config, ...layers] = blobs.map((content) => ({
    mediaType: 'application/octet-stream',
    digest: digestOf(content),
    size: Buffer.byteLength(content),
  }))
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers, ...part }))
}

/** The bytes of an index of these manifests. */
export function indexOf(children: readonly Buffer[], part: Record<string, unknown> = {}): Buffer {
  const manifests = children.map((content) => ({
    mediaType: OCI_MANIFEST,
    digest: digestOf(content),
    size: content.length,
  }))
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests, ...part }))
}

/** Pushes a manifest whose blobs are there. @returns its digest. */
export async function putManifest(
  ctx: Context,
  caller: Caller,
  { name, content, tags = [] }: { name: string; content: Buffer; tags?: string[] },
): Promise<string> {
  const arrived = { name, content, tags, contentType: undefined }
  return (await pushManifest(ctx, ctx.clusters.named('default'), caller, arrived)).digest
}

/** How many statements of this database wait for a lock of another transaction. */
export async function lockWaiters(ctx: Context): Promise<number> {
  const { rows } = await ctx.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0]?.count ?? 0
}
