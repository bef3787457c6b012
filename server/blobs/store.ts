import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { blobKey, incomingKey } from '@/server/blobs/keys'
import { type DigestAlgorithm, type ReceiveOptions, receiveBody } from '@/server/blobs/receive'
import type { Db, Tx } from '@/server/db'
import type { ByteRange, StorageDriver } from '@/server/storage/driver'
import { type ByteSource, sourceOf } from '@/server/storage/source'

/** A body that is whole and hashed, but not yet a blob. `discard` it, or `commit` it; one of the two must be called. */
export interface Received {
  sha256: string
  size: number
  /** Lower-case hex by algorithm. */
  digests: Partial<Record<DigestAlgorithm, string>>
  /** Moves the bytes to their place for ever; the row is written by `recordBlob`, in the caller's transaction. */
  commit(): Promise<void>
  discard(): Promise<void>
}

/** A small content in memory. */
export interface KnownContent {
  /** Of the content: whoever reckoned it vouches for it. */
  sha256: string
  content: Buffer
}

export interface BlobStore {
  /**
   * Streams a body in: one pass, hashed on the way, never held whole in memory.
   * @throws AppError `too_large`, `cancelled`, `storage_full`; nothing is left behind.
   */
  receive(body: Readable, options?: ReceiveOptions): Promise<Received>
  /**
   * Stores small contents whose SHA-256 is known to be this, durably; rows are written by `recordBlobs`, in the caller's
   * transaction.
   * @throws AppError `storage_full`; any of them may be stored then.
   */
  keepMany(contents: readonly KnownContent[]): Promise<void>
  /** The bytes of a blob, or a range of them. @throws AppError `not_found`. */
  read(sha256: string, range?: ByteRange): Promise<Readable>
  /** The bytes of a blob, to be read when they are sent. */
  source(sha256: string): ByteSource
  /** The size in bytes; undefined when it is not stored. */
  size(sha256: string): Promise<number | undefined>
}

/** Small contents that are stored at one time where a storage takes one after the other. */
const WIDTH = 16

/** Content-addressed bytes over a storage driver: bytes, then hash, then row. */
export function openBlobStore(storage: StorageDriver, db: Db): BlobStore {
  return {
    receive: (body, options) => receive(storage, db, body, options),
    keepMany: (contents) => keepMany(storage, db, contents),
    read: (sha256, range) => storage.read(blobKey(sha256), range),
    source: (sha256) => sourceOf(storage, blobKey(sha256)),
    async size(sha256) {
      const row = await db.blob.findUnique({ where: { sha256 } })
      return row === null ? undefined : Number(row.size)
    },
  }
}

/** Writes the row of a committed blob; the last step, inside the transaction that refers to it. */
export async function recordBlob(tx: Tx, received: Pick<Received, 'sha256' | 'size'>): Promise<void> {
  await tx.blob.createMany({ data: { sha256: received.sha256, size: received.size }, skipDuplicates: true })
}

/**
 * Says that somebody counts on these contents: those that are stored are forgotten for a while by nobody, so that there is time to
 * write what refers to them. Comes before the look whether they are there.
 */
export async function holdBlobs(db: Tx, digests: readonly string[]): Promise<void> {
  await db.$executeRaw`
    UPDATE blobs SET created_at = now()
    FROM (
      SELECT sha256 AS held FROM blobs
      WHERE sha256 = ANY(${digests}::text[]) AND created_at < now() - interval '1 hour'
      ORDER BY sha256 COLLATE "C" FOR NO KEY UPDATE) AS old
    WHERE sha256 = held`
}

/** As `recordBlob`, for many. */
export async function recordBlobs(
  tx: Tx,
  blobs: readonly Pick<Received, 'sha256' | 'size'>[],
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO blobs (sha256, size)
    SELECT * FROM unnest(${blobs.map(({ sha256 }) => sha256)}::text[], ${blobs.map(({ size }) => String(size))}::bigint[])
      AS given (sha256, size)
    -- In one order everywhere, so that two who store the same never wait for one another.
    ORDER BY sha256 COLLATE "C"
    ON CONFLICT DO NOTHING`
}

async function keepMany(storage: StorageDriver, db: Db, contents: readonly KnownContent[]): Promise<void> {
  await holdBlobs(
    db,
    contents.map(({ sha256 }) => sha256),
  )
  if (storage.writeMany) {
    // A blob that is there already is replaced by the same bytes.
    await storage.writeMany(contents.map(({ sha256, content }) => ({ key: blobKey(sha256), content })))
    return
  }
  const left = contents.values()
  const work = async () => {
    for (const { content } of left) await (await receive(storage, db, Readable.from([content]))).commit()
  }
  await Promise.all(Array.from({ length: WIDTH }, work))
}

async function receive(
  storage: StorageDriver,
  db: Db,
  body: Readable,
  options: ReceiveOptions = {},
): Promise<Received> {
  const key = incomingKey(randomUUID())
  const { size, digests } = await receiveBody(storage, key, body, options)
  const sha256 = digests.sha256 as string
  return {
    sha256,
    size,
    digests,
    async commit() {
      await holdBlobs(db, [sha256])
      // The same bytes may be there already: they are kept, and this copy goes.
      const present = await storage.stat(blobKey(sha256))
      if (present?.size === size) await storage.remove(key)
      else await storage.move(key, blobKey(sha256))
    },
    discard: () => storage.remove(key),
  }
}
