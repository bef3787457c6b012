import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError, type FieldFault } from '@/server/errors'
import { type GivenTag, readTag } from '@/server/images/image-name'
import { RegistryClient, type UpstreamManifest } from '@/server/images/registry-client'
import type { ResolvedTag, ResolveInput } from '@/server/images/schema'
import { referenceOf } from '@/server/mirror/image-reference'
import { refuseFaults } from '@/server/mirror/read-lines'

/** Somebody waits for the answer. */
const TIMEOUT_MS = 30_000

/**
 * Asks a registry which digest a tag has just now, and which platforms there are. It declares nothing: which bytes are used
 * is for people to decide.
 * @throws AppError `invalid`; as the registry's faults (server/images/registry-fault.ts).
 */
export async function resolveTag(ctx: Context, actor: Actor, input: ResolveInput): Promise<ResolvedTag> {
  authorise(actor, 'image.declare')
  const faults: FieldFault[] = []
  const given = readTag(input, faults)
  refuseFaults(faults)
  const { registry, repository, tag } = given as GivenTag
  const { digest, read } = await ask(ctx, given as GivenTag)
  const name = { registry, repository, digest }
  const known = await ctx.db.image.findUnique({
    where: { registry_repository_digest: name },
    select: { id: true },
  })
  return {
    ...name,
    tag,
    reference: referenceOf(name).replace('@', `:${tag}@`),
    mediaType: read.mediaType,
    kind: read.kind === 'index' ? 'index' : 'manifest',
    platforms: read.manifests.map((child) => ({
      platform: child.platform ?? null,
      digest: child.digest,
      mediaType: child.mediaType,
      size: child.size,
    })),
    imageId: known?.id ?? null,
  }
}

async function ask(ctx: Context, { registry, repository, tag }: GivenTag): Promise<UpstreamManifest> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const client = await RegistryClient.open(ctx, { registry, repository, signal })
    return await client.manifest(tag)
  } catch (cause) {
    if (!signal.aborted) throw cause
    throw new AppError('upstream_timeout', `${registry} did not answer in time.`, { cause })
  }
}
