import type { Context } from '@/server/context'
import { inParallel } from '@/server/images/in-parallel'
import type { RegistryClient } from '@/server/images/registry-client'
import { findStored, storeBytes } from '@/server/images/stored-parts'
import { ImageTree, type Part } from '@/server/images/tree'
import { type ReadManifest, readManifest } from '@/server/oci/manifest'
import { isManifest } from '@/server/oci/media-types'

/** Requests to a registry at once, for one image. */
export const PARALLEL = 3

interface Sought {
  digest: string
  platforms: readonly string[]
  /** Of the top, once its registry has delivered it. */
  mediaType: string | null
}

/**
 * Reads the manifests of an image, from its top down, and keeps them. What is in the store is read there.
 * @returns the tree of all that belongs to the image itself.
 * @throws AppError when a manifest cannot be had or is not valid; `unprocessable` when a chosen platform is not there.
 */
export async function discoverTree(ctx: Context, client: RegistryClient, image: Sought): Promise<ImageTree> {
  const { digest, platforms, mediaType } = image
  const tree = new ImageTree(platforms)
  const place = { parent: undefined, kind: 'manifest', position: 0, wanted: true, optional: false } as const
  const top = tree.add({ digest, mediaType: mediaType ?? '', size: null }, place)
  // That this registry has this image is for the registry to say, whatever is in the store.
  const read =
    mediaType === null ? await fetchManifest(ctx, client, top) : await loadManifest(ctx, client, top)
  await growFrom(ctx, client, tree, tree.grow(top, read))
  if (top.kind === 'index') tree.refuseUnmatched()
  return tree
}

/** Reads these manifests and all below them that is wanted. */
export async function growFrom(
  ctx: Context,
  client: RegistryClient,
  tree: ImageTree,
  parts: readonly Part[],
): Promise<void> {
  const queue = parts.filter(({ children }) => children === undefined)
  const queued = new Set(queue)
  await inParallel(queue, PARALLEL, async (part) => {
    for (const child of tree.grow(part, await loadManifest(ctx, client, part))) {
      if (child.children !== undefined || queued.has(child)) continue
      queued.add(child)
      queue.push(child)
    }
  })
}

/** The manifest of a part, from the store or else from its registry; afterwards it is in the store. */
async function loadManifest(ctx: Context, client: RegistryClient, part: Part): Promise<ReadManifest> {
  await findStored(ctx, [part])
  if (part.sha256 === undefined) return fetchManifest(ctx, client, part)
  const bytes = Buffer.concat(await (await ctx.blobs.read(part.sha256)).toArray())
  return readManifest(bytes, isManifest(part.mediaType) ? part.mediaType : undefined)
}

async function fetchManifest(ctx: Context, client: RegistryClient, part: Part): Promise<ReadManifest> {
  const { bytes, read } = await client.manifest(part.digest, part.mediaType || undefined)
  await storeBytes(ctx, part, bytes)
  return read
}
