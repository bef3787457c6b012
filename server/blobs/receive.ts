import { createHash } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { AppError } from '@/server/errors'
import type { StorageDriver } from '@/server/storage/driver'

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

export interface ReceivedBody {
  /** In bytes. */
  size: number
  /** Lower-case hex by algorithm. */
  digests: Partial<Record<DigestAlgorithm, string>>
}

/**
 * Streams a body into an object of a storage: one pass, hashed on the way, never held whole in memory.
 * @throws AppError `too_large`, `cancelled`, `storage_full`; nothing is left behind. Errors of the body are passed on.
 */
export async function receiveBody(
  storage: StorageDriver,
  key: string,
  body: Readable,
  options: ReceiveOptions = {},
): Promise<ReceivedBody> {
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
  return { size, digests: meter.digests() }
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
