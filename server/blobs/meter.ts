import { createHash, type Hash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import type { DigestAlgorithm, ReceiveOptions } from '@/server/blobs/receive'
import { AppError } from '@/server/errors'

const BUFFERED = 64 * 1024

/** Counts and hashes what passes, and stops a body that grows beyond its limit. */
export class Meter extends Transform {
  readonly #options: ReceiveOptions
  readonly #hashes: [DigestAlgorithm, Hash][]
  #bytes = 0

  constructor(options: ReceiveOptions) {
    super({ highWaterMark: BUFFERED })
    this.#options = options
    const algorithms = new Set<DigestAlgorithm>(['sha256', ...(options.algorithms ?? [])])
    this.#hashes = [...algorithms].map((name) => [name, createHash(name)])
  }

  /** Lower-case hex by algorithm, once the body has ended. */
  digests(): Partial<Record<DigestAlgorithm, string>> {
    return Object.fromEntries(this.#hashes.map(([name, hash]) => [name, hash.digest('hex')]))
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length
    const { maxBytes, onProgress } = this.#options
    if (maxBytes !== undefined && this.#bytes > maxBytes) {
      done(new AppError('too_large', `The body is larger than the ${maxBytes} bytes allowed.`))
      return
    }
    for (const [, hash] of this.#hashes) hash.update(chunk)
    onProgress?.(this.#bytes)
    done(null, chunk)
  }
}
