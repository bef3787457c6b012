import { type AuditRecord, recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import type { FieldFault } from '@/server/errors'
import { notify } from '@/server/events'
import { answerImageMisses } from '@/server/images/answer-misses'
import { refuseUnknown, subjectOf } from '@/server/images/hold-image'
import { type GivenImage, type ImageFields, readImage } from '@/server/images/image-name'
import { widened } from '@/server/images/platforms'
import { queueImages } from '@/server/images/queue-images'
import type { ImageDeclarations, ImagesInput } from '@/server/images/schema'
import type { DeclareOptions } from '@/server/mirror/declare-files'
import { type ImageName, referenceOf } from '@/server/mirror/image-reference'
import { refuseFaults } from '@/server/mirror/read-lines'
import { readUse, type UseFields } from '@/server/mirror/read-use'
import { isIndex } from '@/server/oci/media-types'

/**
 * Declares many images with one reason: all of them, or none. An image that is known gets a use, and the platforms it does
 * not have yet; one that this team uses already stays as it is; one whose fetch failed is fetched again.
 * @throws AppError `invalid` with every fault of every line.
 */
export async function declareImages(
  ctx: Context,
  actor: Actor,
  input: ImagesInput,
  { dryRun = false }: DeclareOptions = {},
): Promise<ImageDeclarations> {
  authorise(actor, 'image.declare', { team: input.team })
  const prepared = await prepareImages(ctx, input, (index) => `images.${index}.`)
  return transact(ctx, { dryRun }, async (tx) => {
    const declared = await declareImagesWithin(tx, ctx, actor, prepared)
    return dryRun ? withoutPhantoms(declared) : declared
  })
}

/** What a rehearsal made does not exist afterwards, so it has no id. */
function withoutPhantoms({ items, ...counts }: ImageDeclarations): ImageDeclarations {
  const made = new Set(items.filter(({ outcome }) => outcome === 'new').map(({ reference }) => reference))
  return { ...counts, items: items.map((item) => (made.has(item.reference) ? { ...item, id: null } : item)) }
}

type Line = GivenImage & { platforms: string[] }

/** Images that may be declared, and what the team says of its uses. */
interface Prepared {
  lines: Line[]
  use: UseFields
}

type Declaring = Pick<ImagesInput, 'team' | 'reason' | 'project' | 'licence'> & {
  images: readonly (ImageFields & { platforms?: string[] | undefined })[]
}

/**
 * All that can be checked before the transaction.
 * @param path of a line in the request.
 * @throws AppError `invalid` with a fault for each field that is wrong.
 */
export async function prepareImages(
  ctx: Context,
  { images, ...fields }: Declaring,
  path: (index: number) => string,
): Promise<Prepared> {
  const faults: FieldFault[] = []
  const use = await readUse(ctx, fields, faults)
  const lines = images.flatMap(({ platforms = [], ...image }, index) => {
    const read = readImage(image, path(index), faults)
    return read === undefined ? [] : [{ ...read, platforms: [...new Set(platforms)] }]
  })
  refuseFaults(faults)
  return { lines, use: use as UseFields }
}

/** The one way in for images. The caller has authorised. */
export async function declareImagesWithin(
  tx: Tx,
  ctx: Context,
  actor: Actor,
  { lines, use }: Prepared,
): Promise<ImageDeclarations> {
  const distinct = distinctLines(lines)
  const created = await insertImages(tx, [...distinct.values()])
  const images = await holdImages(tx, [...distinct.values()])
  const list = [...images.values()]
  const usedBy = await insertUses(tx, { actor, use, images: list })
  const failed = list.filter(({ state }) => state === 'failed')
  const extended = await extend(tx, distinct, images)
  const fetched = list.filter(
    (image) => created.has(image.id) || failed.includes(image) || extended.has(image.id),
  )
  await queueImages(tx, ctx, { images: fetched, ownerId: actor.userId })
  const tagged = list.map((image) => ({ ...image, tag: distinct.get(referenceOf(image))?.tag ?? null }))
  await answerImageMisses(tx, ctx, actor, tagged)
  const records = [
    ...usesOf(
      list.filter(({ id }) => usedBy.has(id)),
      created,
      use,
    ),
    ...failed.map((image) => ({ action: 'image.retry', subject: subjectOf(image) })),
    ...list.flatMap((image) => {
      const platforms = extended.get(image.id)
      return platforms ? [{ action: 'image.extend', subject: subjectOf(image), details: { platforms } }] : []
    }),
  ]
  await recordAudit(tx, ctx, actor, ...records)
  const [only] = list
  await notify(tx, list.length === 1 && only ? { topic: 'image', id: only.id } : { topic: 'image' })
  return report({ lines, images, created, usedBy })
}

/** Each image once, in the order given, with the platforms that any of its lines asks for. */
function distinctLines(lines: readonly Line[]): Map<string, Line> {
  const distinct = new Map<string, Line>()
  for (const line of lines) {
    const earlier = distinct.get(referenceOf(line))
    const platforms = earlier
      ? (widened(earlier.platforms, line.platforms) ?? earlier.platforms)
      : line.platforms
    distinct.set(referenceOf(line), { ...line, platforms, tag: earlier?.tag ?? line.tag })
  }
  return distinct
}

interface ImageRow extends ImageName {
  id: string
  state: string
  platforms: string[]
  mediaType: string | null
}

/** @returns ids of the new ones. Rows are taken in one order, so that two declarations never block each other. */
async function insertImages(tx: Tx, lines: readonly Line[]): Promise<Set<string>> {
  const rows = lines.map(({ registry, repository, digest, platforms, tag }) => [
    registry,
    repository,
    digest,
    platforms,
    tag,
  ])
  const inserted = await tx.$queryRaw<{ id: string }[]>`
    WITH given AS MATERIALIZED (
      SELECT uuid7() AS id, row
      FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb) WITH ORDINALITY AS given(row, place) ORDER BY place)
    INSERT INTO images (id, registry, repository, digest, platforms, resolved_tag)
    SELECT id, row ->> 0, row ->> 1, row ->> 2, ARRAY(SELECT jsonb_array_elements_text(row -> 3)), row ->> 4
    FROM given ORDER BY row ->> 0, row ->> 1, row ->> 2
    ON CONFLICT (registry, repository, digest) DO NOTHING RETURNING id`
  return new Set(inserted.map(({ id }) => id))
}

/** Holds the rows until the transaction ends, so that a fetch which ends just now and this declaration see each other. */
async function holdImages(tx: Tx, lines: readonly Line[]): Promise<Map<string, ImageRow>> {
  const rows = await tx.$queryRaw<ImageRow[]>`
    SELECT id, registry, repository, digest, state::text AS state, platforms, media_type AS "mediaType" FROM images
    WHERE (registry, repository, digest) IN (SELECT * FROM unnest(${lines.map(({ registry }) => registry)}::text[],
      ${lines.map(({ repository }) => repository)}::text[], ${lines.map(({ digest }) => digest)}::text[]))
    ORDER BY registry, repository, digest FOR NO KEY UPDATE`
  return new Map(rows.map((row) => [referenceOf(row), row]))
}

/** @returns by id, the platforms that known images have from now on, where they change. */
async function extend(
  tx: Tx,
  lines: ReadonlyMap<string, Line>,
  images: ReadonlyMap<string, ImageRow>,
): Promise<Map<string, string[]>> {
  const extended = new Map<string, string[]>()
  for (const [reference, { platforms, tag }] of lines) {
    const image = images.get(reference) as ImageRow
    const wider = widened(image.platforms, platforms)
    if (tag !== null)
      await tx.image.updateMany({ where: { id: image.id, resolvedTag: null }, data: { resolvedTag: tag } })
    // Only an index has anything to choose from.
    if (wider === undefined || (image.mediaType !== null && !isIndex(image.mediaType))) continue
    await refuseUnknown(tx, image.id, platforms)
    await tx.image.update({ where: { id: image.id }, data: { platforms: wider } })
    extended.set(image.id, wider)
  }
  return extended
}

/** @returns ids of the images that got a use now. */
async function insertUses(
  tx: Tx,
  { actor, use, images }: { actor: Actor; use: UseFields; images: readonly ImageRow[] },
): Promise<Set<string>> {
  const inserted = await tx.$queryRaw<{ image_id: string }[]>`
    INSERT INTO uses (image_id, team_id, reason, project, licence, created_by_id)
    SELECT image, ${use.teamId}::uuid, ${use.reason}, ${use.project}, ${use.licence}, ${actor.userId}::uuid
    FROM unnest(${images.map(({ id }) => id)}::uuid[]) AS image
    ON CONFLICT (image_id, team_id, coalesce(project, '')) WHERE retired_at IS NULL AND image_id IS NOT NULL DO NOTHING
    RETURNING image_id`
  return new Set(inserted.map(({ image_id }) => image_id))
}

function usesOf(images: readonly ImageRow[], created: ReadonlySet<string>, use: UseFields): AuditRecord[] {
  const { team, reason, project, licence } = use
  return images.map((image) => ({
    action: created.has(image.id) ? 'image.declare' : 'use.add',
    subject: subjectOf(image),
    details: { team, reason, project, licence, platforms: image.platforms },
  }))
}

interface Outcome {
  lines: readonly Line[]
  images: ReadonlyMap<string, ImageRow>
  created: ReadonlySet<string>
  usedBy: ReadonlySet<string>
}

function report({ lines, images, created, usedBy }: Outcome): ImageDeclarations {
  const seen = new Set<string>()
  const items = lines.map((line) => {
    const reference = referenceOf(line)
    const id = images.get(reference)?.id ?? ''
    const fresh = created.has(id) ? 'new' : usedBy.has(id) ? 'use' : 'known'
    const outcome: ImageDeclarations['items'][number]['outcome'] = seen.has(reference) ? 'repeat' : fresh
    seen.add(reference)
    return { reference, id, outcome }
  })
  return { items, created: created.size, usesAdded: usedBy.size }
}
