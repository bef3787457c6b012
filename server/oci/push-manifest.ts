import { createHash } from 'node:crypto'
import { recordAudit } from '@/server/audit/record'
import type { Context } from '@/server/context'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import type { Caller } from '@/server/oci/access/caller'
import { parseDigest } from '@/server/oci/digest'
import { RegistryFault } from '@/server/oci/faults'
import { mismatch } from '@/server/oci/finish-upload'
import { noteTag } from '@/server/oci/hints/note-tag'
import { type ReadManifest, readManifest } from '@/server/oci/manifest'
import { insertParts, partsOf, requireParts } from '@/server/oci/manifest-parts'
import { ensureRepository, holdRepository, type RepositoryRow } from '@/server/oci/repository'
import { setTags } from '@/server/oci/set-tags'
import type { Cluster } from '@/server/storage/clusters'

interface ArrivedManifest {
  name: string
  /** The bytes as they came: they are kept as they are. */
  content: Buffer
  contentType: string | undefined
  /** The digest in the URL, if it is one. */
  digest?: string | undefined
  /** That are to lead to it: the one in the URL, or those of the query beside a digest. */
  tags: string[]
}

export interface PushedManifest {
  repository: RepositoryRow
  digest: string
  /** What it is about, if it says so. */
  subject: string | undefined
}

/**
 * Stores a manifest, and makes tags lead to it: in one transaction with what it names, so that none is ever visible whose
 * blobs are not. The same manifest again changes nothing but its tags.
 * @throws RegistryFault `MANIFEST_INVALID`, `DIGEST_INVALID`, `MANIFEST_BLOB_UNKNOWN`; `DENIED` for an immutable tag.
 */
export async function pushManifest(
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  arrived: ArrivedManifest,
): Promise<PushedManifest> {
  const { content, tags } = arrived
  const manifest = readArrived(arrived)
  const digest = digestOf(arrived)
  const repository = await ensureRepository(ctx, cluster, arrived.name)
  await ctx.db.$transaction(async (tx) => {
    const parts = partsOf(manifest)
    await holdRepository(tx, repository)
    await requireParts(tx, repository, parts)
    const isNew = await keepManifest(tx, {
      repositoryId: repository.id,
      digest,
      mediaType: manifest.mediaType,
      content: new Uint8Array(content),
      size: content.length,
      artifactType: manifest.artifactType ?? null,
      ...(manifest.annotations && { annotations: manifest.annotations }),
      subject: manifest.subject?.digest ?? null,
      pushedBy: caller.actor.name,
    })
    if (isNew) await insertParts(tx, { repositoryId: repository.id, manifest: digest }, parts)
    await setTags(tx, ctx, { repository, caller, digest, tags })
    if (isNew || tags.length > 0) await recordPush(tx, ctx, cluster, caller, { repository, digest, tags })
    await notify(tx, { topic: 'repository', id: repository.id })
  })
  for (const tag of tags) await noteTag(ctx, cluster, { repository, tag, clusterUser: caller.clusterUser })
  return { repository, digest, subject: manifest.subject?.digest }
}

/**
 * Makes sure that the manifest is there until the transaction ends, also when somebody is deleting it: repository, manifest,
 * tags are held in this order everywhere, so that nobody waits in a circle.
 * @returns whether it is new.
 */
async function keepManifest(tx: Tx, data: Prisma.ManifestCreateManyInput): Promise<boolean> {
  for (;;) {
    const { count } = await tx.manifest.createMany({ data, skipDuplicates: true })
    if (count > 0) return true
    const held = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM manifests WHERE repository_id = ${data.repositoryId}::uuid AND digest = ${data.digest} FOR KEY SHARE`
    if (held.length > 0) return false
    // It was there a moment ago, and has been deleted since.
  }
}

function readArrived({ content, contentType }: ArrivedManifest): ReadManifest {
  try {
    return readManifest(content, contentType)
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') {
      throw new RegistryFault('MANIFEST_INVALID', error.message)
    }
    throw error
  }
}

/** The digest under which it was pushed; SHA-256 when it was pushed by tag. */
function digestOf({ content, digest }: ArrivedManifest): string {
  const { algorithm, hex } = (digest === undefined ? undefined : parseDigest(digest)) ?? {
    algorithm: 'sha256',
  }
  const actual = createHash(algorithm).update(content).digest('hex')
  if (hex !== undefined && hex !== actual) throw mismatch(digest as string, `${algorithm}:${actual}`)
  return `${algorithm}:${actual}`
}

function recordPush(
  tx: Tx,
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  { repository, digest, tags }: { repository: RepositoryRow; digest: string; tags: string[] },
): Promise<void> {
  return recordAudit(tx, ctx, caller.actor, {
    action: 'registry.push',
    subject: { type: 'repository', id: repository.id, name: repository.name },
    details: { cluster: cluster.name, digest, tags },
  })
}
