import type { Readable } from 'node:stream'
import { Meter } from '@/server/blobs/meter'
import { AppError } from '@/server/errors'
import type { StorageDriver } from '@/server/storage/driver'

export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512' | 'sha1' | 'md5'

export interface ReceiveOptions {
  signal?: AbortSignal
  /** Largest body in bytes. */
  maxBytes?: number
  /** Digests to compute beside SHA-256. */
  algorithms?: DigestAlgorithm[]
  /** Called with the running total of bytes. */
  onProgress?: (bytes: number) => void
  /** The source is a connection that the answer goes out on: whatever happens, it is not destroyed. */
  keepSource?: boolean
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
  const endSource = (error?: Error) => (options.keepSource ? body.unpipe(meter) : body.destroy(error))
  // The first error is the true one: a stream that has failed before storage takes it up fails there as “premature close”.
  let failure: Error | undefined
  body.on('error', (error) => {
    failure ??= error
    meter.destroy(error)
  })
  meter.on('error', (error) => {
    failure ??= error
    endSource(error)
  })
  const size = await storage
    .write(key, body.pipe(meter), options.signal ? { signal: options.signal } : {})
    .catch((error) => {
      // Storage may refuse before it reads: the source must not wait for a reader that never comes.
      endSource()
      meter.destroy()
      throw error instanceof AppError ? error : (failure ?? error)
    })
  return { size, digests: meter.digests() }
}
