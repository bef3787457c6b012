import type { AptUpload, AptUploadFile } from '@/prisma/client/client'
import { kindOfFile } from '@/server/apt/uploads/file-kind'
import type { Actor } from '@/server/auth/permissions'
import { recordBlob } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import { Prisma, type Tx } from '@/server/db'
import { AppError } from '@/server/errors'

/** Files of one person on their way to one branch: nobody else’s complete them. */
export interface PendingPlace {
  repositoryId: string
  branch: string
  actor: Actor
}

/** A file whose bytes are stored. */
export interface ReceivedFile {
  name: string
  sha256: string
  sha1: string
  md5: string
  /** In bytes. */
  size: number
}

/** Files that may wait for their .changes at one time. */
const MAX_WAITING = 2_000
/** Uploads that may wait for their files at one time, and bytes of their .changes: each is read through for what comes. */
const MAX_OPEN = 100
const MAX_OPEN_BYTES = 16 * 1024 * 1024

/** Names of the files that a stored .changes lists; none for one that cannot be read. */
type NamesIn = (sha256: string) => Promise<readonly string[]>

/**
 * Adds a file to what is being received. A `.changes` makes an upload of its own, which takes the files that it names and
 * that are there; any other file goes to the uploads that name it and, while there are none, waits. The same name again
 * takes the place of the one before. An upload that is being accepted or rejected this moment takes nothing more.
 * @returns ids of the uploads that it was for, of which any may be complete now.
 * @throws AppError `conflict` when too much is waiting.
 */
export async function addPendingFile(
  ctx: Context,
  place: PendingPlace,
  file: ReceivedFile,
  namesIn: NamesIn,
): Promise<string[]> {
  const names = new Map<string, readonly string[]>()
  // Names are read from storage, which no transaction waits for: one that lacks some ends, and begins anew with them.
  let lacking = isChanges(file) ? [file.sha256] : await changesOf(ctx.db, place)
  for (;;) {
    for (const sha256 of lacking) names.set(sha256, await namesIn(sha256))
    const outcome = await ctx.db.$transaction((tx) => add(tx, place, { file, names }))
    if ('concerned' in outcome) return outcome.concerned
    lacking = outcome.lacking
  }
}

interface Adding {
  file: ReceivedFile
  /** By the SHA-256 of their .changes. */
  names: ReadonlyMap<string, readonly string[]>
}

async function add(
  tx: Tx,
  place: PendingPlace,
  { file, names }: Adding,
): Promise<{ concerned: string[] } | { lacking: string[] }> {
  await lockPlace(tx, place)
  const open = await openUploads(tx, place, 'held')
  if (isChanges(file)) {
    await recordBlob(tx, file)
    const listed = new Set(names.get(file.sha256))
    return { concerned: [await takeChanges(tx, place, { open, file, listed })] }
  }
  const waiting = open.flatMap(({ id, files, changesName }) => {
    const changes = files.find(({ name }) => name === changesName)
    return changes === undefined ? [] : [{ id, sha256: changes.sha256 }]
  })
  const lacking = waiting.map(({ sha256 }) => sha256).filter((sha256) => !names.has(sha256))
  if (lacking.length > 0) return { lacking }
  await recordBlob(tx, file)
  const concerned = waiting.filter(({ sha256 }) => names.get(sha256)?.includes(file.name)).map(({ id }) => id)
  for (const id of concerned) await putFile(tx, id, file)
  if (concerned.length === 0) await putFile(tx, await inboxOf(tx, place, open), file)
  return { concerned }
}

function isChanges({ name }: { name: string }): boolean {
  return kindOfFile(name) === 'changes'
}

async function changesOf(tx: Tx, place: PendingPlace): Promise<string[]> {
  const open = await openUploads(tx, place)
  return open.flatMap(({ files, changesName }) =>
    files.filter(({ name }) => name === changesName).map(({ sha256 }) => sha256),
  )
}

/**
 * Takes a file back that waits; what was accepted or rejected stays as it is.
 * @returns false when none of this name waits.
 */
export async function removePendingFile(ctx: Context, place: PendingPlace, name: string): Promise<boolean> {
  return ctx.db.$transaction(async (tx) => {
    await lockPlace(tx, place)
    const uploadId = { in: (await openUploads(tx, place, 'held')).map(({ id }) => id) }
    const { count } = await tx.aptUploadFile.deleteMany({ where: { name, uploadId } })
    await tx.aptUpload.deleteMany({ where: { id: uploadId, files: { none: {} } } })
    return count > 0
  })
}

/** The file of this name that waits, if one does. */
export async function findPendingFile(
  ctx: Context,
  place: PendingPlace,
  name: string,
): Promise<AptUploadFile | undefined> {
  const open = await openUploads(ctx.db, place)
  return open.flatMap(({ files }) => files).find((file) => file.name === name)
}

/** Two files of one person that come at the same time are added one after the other, so that one of them comes last. */
async function lockPlace(tx: Tx, { repositoryId, branch, actor }: PendingPlace): Promise<void> {
  const key = `apt-upload ${repositoryId} ${branch} ${actor.userId ?? actor.name}`
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`
}

type OpenUpload = AptUpload & { files: AptUploadFile[] }

/** @param hold keeps them as they are until the transaction ends; what somebody else holds, to end it, is not among them. */
async function openUploads(
  tx: Tx,
  { repositoryId, branch, actor }: PendingPlace,
  hold?: 'held',
): Promise<OpenUpload[]> {
  const { userId, name } = actor
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM apt_uploads
    WHERE repository_id = ${repositoryId}::uuid AND branch = ${branch} AND state = 'receiving' AND via = 'put'
      AND user_id IS NOT DISTINCT FROM ${userId}::uuid AND (user_id IS NOT NULL OR actor_name = ${name})
    ORDER BY id ${hold === undefined ? Prisma.empty : Prisma.sql`FOR UPDATE SKIP LOCKED`}`
  return tx.aptUpload.findMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    include: { files: true },
    orderBy: { id: 'asc' },
  })
}

interface Taken {
  open: readonly OpenUpload[]
  file: ReceivedFile
  /** Names of the files in it. */
  listed: ReadonlySet<string>
}

async function takeChanges(tx: Tx, place: PendingPlace, { open, file, listed }: Taken): Promise<string> {
  const before = open.find(({ changesName }) => changesName === file.name)
  const inbox = open.find(({ changesName }) => changesName === null)
  const waiting = open.filter((one) => one.changesName !== null && one !== before)
  if (before === undefined && waiting.length >= MAX_OPEN) {
    throw new AppError('conflict', `${MAX_OPEN} uploads of yours wait for their files. Complete one first.`)
  }
  const lists = waiting.flatMap(({ files, changesName }) => files.filter(({ name }) => name === changesName))
  if (lists.reduce((sum, { size }) => sum + Number(size), file.size) > MAX_OPEN_BYTES) {
    const most = `${MAX_OPEN_BYTES / 1024 ** 2} MiB of .changes`
    throw new AppError(
      'conflict',
      `More than ${most} of yours would wait for their files. Complete one first.`,
    )
  }
  const id = before?.id ?? (await newUpload(tx, place, file.name)).id
  await putFile(tx, id, file)
  const names = (inbox?.files ?? []).map(({ name }) => name).filter((name) => listed.has(name))
  if (inbox === undefined || names.length === 0) return id
  await tx.aptUploadFile.deleteMany({ where: { uploadId: id, name: { in: names } } })
  await tx.aptUploadFile.updateMany({
    where: { uploadId: inbox.id, name: { in: names } },
    data: { uploadId: id },
  })
  if (names.length === inbox.files.length) await tx.aptUpload.delete({ where: { id: inbox.id } })
  return id
}

/** The upload without a .changes, in which files wait for theirs. */
async function inboxOf(tx: Tx, place: PendingPlace, open: readonly OpenUpload[]): Promise<string> {
  const inbox = open.find(({ changesName }) => changesName === null)
  if (inbox === undefined) return (await newUpload(tx, place, null)).id
  if (inbox.files.length >= MAX_WAITING) {
    throw new AppError('conflict', `${MAX_WAITING} files of yours wait for their .changes. Send it first.`)
  }
  return inbox.id
}

function newUpload(tx: Tx, { repositoryId, branch, actor }: PendingPlace, changesName: string | null) {
  const { userId, name: actorName } = actor
  return tx.aptUpload.create({ data: { repositoryId, branch, userId, actorName, changesName, via: 'put' } })
}

async function putFile(tx: Tx, uploadId: string, { name, ...bytes }: ReceivedFile): Promise<void> {
  await tx.aptUploadFile.upsert({
    where: { uploadId_name: { uploadId, name } },
    create: { uploadId, name, ...bytes },
    update: { ...bytes, receivedAt: new Date() },
  })
  await tx.aptUpload.update({ where: { id: uploadId }, data: { updatedAt: new Date() } })
}
