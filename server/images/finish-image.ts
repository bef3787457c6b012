import { recordAudit } from '@/server/audit/record'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { answerImageMisses } from '@/server/images/answer-misses'
import { type ImageTree, isManifestKind } from '@/server/images/tree'
import { type ImageName, referenceOf } from '@/server/mirror/image-reference'

interface Fetched extends ImageName {
  id: string
  /** As they were when the fetch began. */
  platforms: readonly string[]
}

/**
 * Makes an image whole: in one transaction, which finds that all its wanted parts are stored, its manifests and tags become
 * visible and its state `stored`. Somebody who chose further platforms meanwhile has a task of their own in the queue, and
 * leaves the image `pending`.
 * @throws AppError `internal` when a part is missing after all.
 */
export async function finishImage(ctx: Context, image: Fetched, tree: ImageTree): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const [held] = await tx.$queryRaw<{ platforms: string[]; state: string; storedAt: Date | null }[]>`
      SELECT platforms, state::text AS state, stored_at AS "storedAt" FROM images WHERE id = ${image.id}::uuid FOR UPDATE`
    if (!held || held.state === 'stored') return
    await showManifests(tx, image.id, tree)
    const [sum] = await tx.$queryRaw<{ missing: string[]; parts: number; size: bigint }[]>`
      SELECT coalesce(array_agg(digest) FILTER (WHERE sha256 IS NULL), '{}') AS missing, count(*)::int AS parts,
        (SELECT coalesce(sum(b.size), 0)::bigint FROM blobs b WHERE b.sha256 IN (
          SELECT sha256 FROM image_parts WHERE image_id = ${image.id}::uuid)) AS size
      FROM image_parts WHERE image_id = ${image.id}::uuid AND wanted`
    if (!sum || sum.parts === 0 || sum.missing.length > 0) {
      throw new AppError('internal', `Of ${referenceOf(image)} there is no ${sum?.missing[0]} yet.`)
    }
    const isWhole = samePlatforms(held.platforms, image.platforms)
    await tx.image.update({
      where: { id: image.id },
      data: {
        state: isWhole ? 'stored' : 'pending',
        size: sum.size,
        partsDone: sum.parts,
        partsTotal: sum.parts,
        storedAt: held.storedAt ?? ctx.now(),
        errorCode: null,
        error: null,
        nextAttemptAt: null,
      },
    })
    await answerImageMisses(tx, ctx, system, childrenOf(image, tree))
    await recordAudit(tx, ctx, system, {
      action: 'image.store',
      subject: { type: 'image', id: image.id, name: referenceOf(image) },
      details: { parts: sum.parts, size: Number(sum.size), platforms: held.platforms },
    })
    await notify(tx, { topic: 'image', id: image.id })
  })
}

/** Manifests that are whole become visible; what is said about an image and could not be had is no longer wanted. */
async function showManifests(tx: Tx, imageId: string, tree: ImageTree): Promise<void> {
  const whole = tree.whole()
  const shown = new Set(whole)
  const spared = [...tree.parts.values()].filter((part) => {
    const isThere = isManifestKind(part.kind) ? shown.has(part) : part.sha256 !== undefined
    return !part.wanted || (part.optional && !isThere)
  })
  await tx.$executeRaw`
    UPDATE image_parts SET sha256 = given.sha256, wanted = true
    FROM unnest(${whole.map(({ digest }) => digest)}::text[], ${whole.map(({ sha256 }) => sha256 as string)}::text[])
      AS given(digest, sha256)
    WHERE image_id = ${imageId}::uuid AND image_parts.digest = given.digest`
  await tx.$executeRaw`
    UPDATE image_parts SET wanted = false
    WHERE image_id = ${imageId}::uuid AND sha256 IS NULL AND digest = ANY (${spared.map(({ digest }) => digest)}::text[])`
  const tags = [...tree.tags].filter(([, digest]) => whole.some((part) => part.digest === digest))
  await tx.$executeRaw`
    INSERT INTO image_tags (image_id, name, digest)
    SELECT ${imageId}::uuid, name, digest
    FROM unnest(${tags.map(([name]) => name)}::text[], ${tags.map(([, digest]) => digest)}::text[]) AS given(name, digest)
    ON CONFLICT (image_id, name) DO UPDATE SET digest = excluded.digest`
}

function samePlatforms(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((platform) => other.includes(platform))
}

/** Somebody may have missed a child before its platform was chosen. */
function childrenOf(image: Fetched, tree: ImageTree) {
  return tree.whole().map(({ digest }) => ({ ...image, digest, tag: null }))
}
