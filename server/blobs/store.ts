import { createHash, randomUUID } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { blobKey, incomingKey } from '@/server/blobs/keys'
import type { Db, Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import type { ByteRange, StorageDriver } from '@/server/storage/driver'
import { type ByteSource, sourceOf } from '@/server/storage/source'

export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512'

export interface ReceiveOptions {
  signal?: AbortSignal
  /** Largest body in bytes. */
  maxBytes?: number
  /** Digests to compute beside SHA-256. */
  algorithms?: DigestAlgorithm[]
  /** Called with the running total of bytes. */
  onProgress?: (bytes: number) => void
}

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

export interface BlobStore {
  /**
   * Streams a body in: one pass, hashed on the way, never held whole in memory.
   * @throws AppError `too_large`, `cancelled`, `storage_full`; nothing is left behind.
   */
  receive(body: Readable, options?: ReceiveOptions): Promise<Received>
  /** The bytes of a blob, or a range of them. @throws AppError `not_found`. */
  read(sha256: string, range?: ByteRange): Promise<Readable>
  /** The bytes of a blob, to be read when they are sent. */
  source(sha256: string): ByteSource
  /** The size in bytes; undefined when it is not stored. */
  size(sha256: string): Promise<number | undefined>
}

/** Content-addressed bytes over a storage driver: bytes, then hash, then row. */
export function openBlobStore(storage: StorageDriver, db: Db): BlobStore {
  return {
    receive: (body, options) => receive(storage, body, options),
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

async function receive(
  storage: StorageDriver,
  body: Readable,
  options: ReceiveOptions = {},
): Promise<Received> {
  const key = incomingKey(randomUUID())
  const meter = new Meter(options)
  // The first error is the true one: a stream that has failed before storage takes it up fails there as “premature close”.
  let failure: Error | undefined
  body.on('error', (error) => {
    failure ??= error
    meter.destroy(error)
  })
  meter.on('error', (error) => {
    failure ??= error
    body.destroy(error)
  })
  const size = await storage
    .write(key, body.pipe(meter), options.signal ? { signal: options.signal } : {})
    .catch((error) => {
      // Storage may refuse before it reads: the source must not wait for a reader that never comes.
      body.destroy()
      meter.destroy()
      throw error instanceof AppError ? error : (failure ?? error)
    })
  const digests = meter.digests()
  const sha256 = digests.sha256 as string
  return {
    sha256,
    size,
    digests,
    async commit() {
      // The same bytes may be there already: they are kept, and this copy goes.
      const present = await storage.stat(blobKey(sha256))
      if (present?.size === size) await storage.remove(key)
      else await storage.move(key, blobKey(sha256))
    },
    discard: () => storage.remove(key),
  }
}

/** Counts and hashes what passes, and stops a body that grows beyond its limit. */
class Meter extends Transform {
  private bytes = 0
  private readonly hashes: [DigestAlgorithm, ReturnType<typeof createHash>][]

  constructor(private readonly options: ReceiveOptions) {
    super({ highWaterMark: 1024 * 1024 })
    const algorithms = new Set<DigestAlgorithm>(['sha256', ...(options.algorithms ?? [])])
    this.hashes = [...algorithms].map((name) => [name, createHash(name)])
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null, data?: Buffer) => void,
  ) {
    this.bytes += chunk.length
    const { maxBytes } = this.options
    if (maxBytes !== undefined && this.bytes > maxBytes) {
      return done(new AppError('too_large', `The body is larger than the ${maxBytes} bytes allowed.`))
    }
    for (const [, hash] of this.hashes) hash.update(chunk)
    this.options.onProgress?.(this.bytes)
    done(null, chunk)
  }

  digests(): Partial<Record<DigestAlgorithm, string>> {
    return Object.fromEntries(this.hashes.map(([name, hash]) => [name, hash.digest('hex')]))
  }
}
