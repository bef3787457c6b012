import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { segmentOf } from '@/server/images/image-name'
import { isChosen } from '@/server/images/platforms'
import type { ImageDetail, ImagePart, ImagePlatform } from '@/server/images/schema'
import { stateOf } from '@/server/mirror/file-filter'
import { presentUse, withPeople } from '@/server/mirror/get-file'
import { referenceOf } from '@/server/mirror/image-reference'

/** One image with its tree and its uses, the active ones first. @throws AppError `not_found`. */
export async function getImage(ctx: Context, actor: Actor, { id }: { id: string }): Promise<ImageDetail> {
  authorise(actor, 'image.read')
  return readImageDetail(ctx.db, id)
}

const withAll = {
  uses: {
    include: withPeople,
    orderBy: [{ retiredAt: { sort: 'desc', nulls: 'first' } }, { id: 'asc' }],
  },
  parts: { orderBy: [{ position: 'asc' }, { digest: 'asc' }] },
  tags: { orderBy: { name: 'asc' }, select: { name: true, digest: true } },
} satisfies Prisma.ImageInclude
type ImageRow = Prisma.ImageGetPayload<{ include: typeof withAll }>

/**
 * As `getImage`, for who has just changed it: a token that may declare, but not read, is shown what it has done.
 * @param db may be inside a transaction.
 */
export async function readImageDetail(db: Tx, id: string): Promise<ImageDetail> {
  // One after the other: inside a transaction there is one connection.
  const image = await db.image.findUnique({ where: { id }, include: withAll })
  if (!image) throw new AppError('not_found', 'There is no such image.')
  const task = await db.task.findFirst({
    where: { subjectId: id },
    orderBy: { id: 'desc' },
    select: { id: true },
  })
  const active = image.uses.filter((use) => use.retiredAt === null).length
  const parts = inOrder(image.parts.map(presentPart))
  const segment = segmentOf(image.registry)
  return {
    ...presentFacts(image),
    state: stateOf(image, active),
    errorCode: image.errorCode,
    attempts: image.attempts,
    nextAttemptAt: image.nextAttemptAt?.toISOString() ?? null,
    taskId: task?.id ?? null,
    uses: image.uses.map(presentUse),
    parts,
    platformTable: platformTable(parts, {
      isServed: image.storedAt !== null,
      tagged: new Set(image.tags.map(({ digest }) => digest)),
      coming: image.state === 'pending' || image.state === 'fetching' ? image.platforms : undefined,
    }),
    tags: image.tags,
    mirrorRepository: segment === undefined ? null : `mirror/${segment}/${image.repository}`,
  }
}

/** What the list and the page of an image have in common. */
export function presentFacts(image: Omit<ImageRow, 'uses' | 'parts' | 'tags'>) {
  return {
    id: image.id,
    registry: image.registry,
    repository: image.repository,
    digest: image.digest,
    reference: referenceOf(image),
    platforms: image.platforms,
    resolvedTag: image.resolvedTag,
    mediaType: image.mediaType,
    size: image.size === null ? null : Number(image.size),
    partsDone: image.partsDone,
    partsTotal: image.partsTotal,
    error: image.error,
    createdAt: image.createdAt.toISOString(),
    storedAt: image.storedAt?.toISOString() ?? null,
  }
}

function presentPart(row: ImageRow['parts'][number]): ImagePart {
  return {
    digest: row.digest,
    kind: row.kind,
    mediaType: row.mediaType,
    size: Number(row.size),
    parentDigest: row.parentDigest,
    platform: row.platform,
    wanted: row.wanted,
    stored: row.sha256 !== null,
    subject: row.subject,
    artifactType: row.artifactType,
    annotations: row.annotations as Record<string, string> | null,
  }
}

/** Parents before their children, children in the order of the manifest. */
function inOrder(parts: readonly ImagePart[]): ImagePart[] {
  const below = childrenOf(parts)
  const ordered: ImagePart[] = []
  const visit = (part: ImagePart) => {
    ordered.push(part)
    for (const child of below.get(part.digest) ?? []) visit(child)
  }
  for (const top of below.get(null) ?? []) visit(top)
  return ordered
}

function childrenOf(parts: readonly ImagePart[]): Map<string | null, ImagePart[]> {
  const below = new Map<string | null, ImagePart[]>()
  for (const part of parts) {
    const siblings = below.get(part.parentDigest)
    if (siblings) siblings.push(part)
    else below.set(part.parentDigest, [part])
  }
  return below
}

/** What the table has to know of the image itself. */
interface Standing {
  /** It was whole once: what is stored of it is served. */
  isServed: boolean
  /** Digests that tags point to. */
  tagged: ReadonlySet<string>
  /** Platforms that a fetch is about to bring, or is bringing; empty for all. */
  coming: readonly string[] | undefined
}

function platformTable(parts: readonly ImagePart[], { isServed, tagged, coming }: Standing): ImagePlatform[] {
  const below = childrenOf(parts)
  const indexes = new Set(
    parts.filter(({ kind, digest }) => kind === 'index' && !tagged.has(digest)).map(({ digest }) => digest),
  )
  const sizeOf = (part: ImagePart): number =>
    (below.get(part.digest) ?? []).reduce((sum, child) => sum + sizeOf(child), part.size)
  return parts.flatMap(({ parentDigest, ...part }) => {
    if (parentDigest === null || !indexes.has(parentDigest)) return []
    // Referrers and signatures hang below what they are about, but are none of its manifests.
    if (part.subject === parentDigest || tagged.has(part.digest)) return []
    const { platform, digest, mediaType } = part
    const isComing = coming !== undefined && isChosen(platform ?? '', coming)
    const isWanted = part.wanted || isComing
    const state = !isWanted ? 'not_chosen' : part.stored && isServed ? 'mirrored' : 'waiting'
    const size = below.has(digest) ? sizeOf({ ...part, parentDigest }) : null
    return { platform, digest, mediaType, state, size, parentDigest }
  })
}
