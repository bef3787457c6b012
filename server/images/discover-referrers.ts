import type { Context } from '@/server/context'
import { AppError, toAppError } from '@/server/errors'
import { growFrom, PARALLEL } from '@/server/images/discover'
import { inParallel } from '@/server/images/in-parallel'
import type { RegistryClient } from '@/server/images/registry-client'
import { storeBytes } from '@/server/images/stored-parts'
import { type ImageTree, isManifestKind, type Part } from '@/server/images/tree'
import { mayPass } from '@/server/mirror/upstream-fault'
import { parseDigest } from '@/server/oci/digest'
import { isIndex } from '@/server/oci/media-types'

interface Search {
  ctx: Context
  client: RegistryClient
  tree: ImageTree
  /** Tells people what could not be had. */
  warn: (message: string) => Promise<void>
}

/** Referrers follow the configs, layers and manifests of what they are about. */
const AFTER = 1000
const MAX_REFERRERS = 500
const COSIGN = ['.sig', '.att', '.sbom']

/**
 * Adds to the tree what is said about its manifests: referrers by the API and by the fallback tag (distribution-spec 1.1,
 * “Listing Referrers”, “Referrers Tag Schema”), what cosign keeps under tags, and what is said about those in turn. That
 * there is none is no fault, nor that a registry lists what it does not have.
 * @throws AppError for faults that may pass: then all is tried again.
 */
export async function discoverReferrers(search: Search): Promise<void> {
  const { tree } = search
  const queue = [...tree.parts.values()].filter(
    ({ kind, children }) => isManifestKind(kind) && children !== undefined,
  )
  const queued = new Set(queue)
  await inParallel(queue, PARALLEL, async (subject) => {
    await takeReferrers(search, subject)
    await takeTags(search, subject)
    for (const part of tree.parts.values()) {
      if (part.children === undefined || !isManifestKind(part.kind) || queued.has(part)) continue
      queued.add(part)
      queue.push(part)
    }
  })
}

async function takeReferrers(search: Search, subject: Part): Promise<void> {
  const { client, tree, warn } = search
  const listed = (await client.referrers(subject.digest)) ?? []
  if (listed.length > MAX_REFERRERS) {
    await warn(`${subject.digest} has ${listed.length} referrers; the first ${MAX_REFERRERS} are taken.`)
  }
  for (const [index, descriptor] of listed.slice(0, MAX_REFERRERS).entries()) {
    const known = tree.parts.get(descriptor.digest)
    if (known?.children !== undefined) continue
    await takeOptional(search, async () => {
      const kind = isIndex(descriptor.mediaType) ? 'index' : 'manifest'
      const place = { parent: subject, kind, position: AFTER + index, wanted: true, optional: true } as const
      const { platform: _, ...named } = descriptor
      return tree.add(named, place)
    })
    const part = tree.parts.get(descriptor.digest)
    // It is listed as being about what it does not name.
    if (part?.optional && part.children !== undefined && part.subject !== subject.digest) part.wanted = false
  }
}

/** Tags that belong to a digest by their name. The specification cuts the fallback tag's digest to 64 digits. */
function tagsOf(digest: string): string[] {
  const { algorithm, hex } = parseDigest(digest) ?? { algorithm: '', hex: '' }
  return [`${algorithm}-${hex.slice(0, 64)}`, ...COSIGN.map((suffix) => `${algorithm}-${hex}${suffix}`)]
}

async function takeTags(search: Search, subject: Part): Promise<void> {
  const { ctx, client, tree } = search
  for (const [index, name] of tagsOf(subject.digest).entries()) {
    if (!(await client.hasTag(name))) continue
    await takeOptional(search, async () => {
      const { bytes, digest, read } = await client.manifest(name)
      tree.tags.set(name, digest)
      const known = tree.parts.get(digest)
      if (known) return known
      const kind = isIndex(read.mediaType) ? 'index' : 'manifest'
      const position = 2 * AFTER + index
      const part = tree.add(
        { digest, mediaType: read.mediaType, size: bytes.length },
        { parent: subject, kind, position, wanted: true, optional: true },
      )
      await storeBytes(ctx, part, bytes)
      return part
    })
  }
}

/** Takes up a part that an image is whole without: what will not pass is told, and left out. */
async function takeOptional({ ctx, client, tree, warn }: Search, find: () => Promise<Part>): Promise<void> {
  let part: Part | undefined
  try {
    part = await find()
    await growFrom(ctx, client, tree, [part])
  } catch (error) {
    const fault = toAppError(error)
    if (mayPass(fault) || !(error instanceof AppError)) throw error
    if (part?.optional) part.wanted = false
    await warn(`Left out what is said about the image: ${fault.message}`)
  }
}
