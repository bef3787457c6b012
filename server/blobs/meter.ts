import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { hashInThread, type ThreadedHash } from '@/server/blobs/hash-threads'
import type { DigestAlgorithm, ReceiveOptions } from '@/server/blobs/receive'
import { AppError } from '@/server/errors'

/** Bytes are handed on in blocks of this size: as many small chunks would cost storage and thread a message each. */
const BLOCK = 256 * 1024

/** Counts and hashes what passes, and stops a body that grows beyond its limit. */
export class Meter extends Transform {
  readonly #options: ReceiveOptions
  readonly #algorithms: DigestAlgorithm[]
  #bytes = 0
  #block: Buffer | undefined
  #filled = 0
  /** Only for a body of more than one block: a small one is hashed faster than a thread is told of it. */
  #thread: ThreadedHash | undefined
  #digests: string[] | undefined

  constructor(options: ReceiveOptions) {
    super({ readableHighWaterMark: 2 * BLOCK, writableHighWaterMark: BLOCK })
    this.#options = options
    this.#algorithms = [...new Set<DigestAlgorithm>(['sha256', ...(options.algorithms ?? [])])]
  }

  /** Lower-case hex by algorithm, once the body has ended. */
  digests(): Partial<Record<DigestAlgorithm, string>> {
    return Object.fromEntries(this.#algorithms.map((name, at) => [name, this.#digests?.[at]]))
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length
    const { maxBytes } = this.#options
    if (maxBytes !== undefined && this.#bytes > maxBytes) {
      done(new AppError('too_large', `The body is larger than the ${maxBytes} bytes allowed.`))
      return
    }
    this.#options.onProgress?.(this.#bytes)
    const waits: Promise<void>[] = []
    for (let at = 0; at < chunk.length; ) {
      this.#block ??= Buffer.from(new SharedArrayBuffer(BLOCK))
      const taken = chunk.copy(this.#block, this.#filled, at)
      this.#filled += taken
      at += taken
      if (this.#filled === BLOCK) waits.push(this.#pass(this.#block))
    }
    if (waits.length === 0) done()
    else settle(Promise.all(waits), done)
  }

  override _flush(done: TransformCallback): void {
    settle(this.#finish(), done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#digests === undefined) this.#thread?.forget()
    done(error)
  }

  /** A full block goes on, and to its thread. */
  async #pass(block: Buffer): Promise<void> {
    this.#block = undefined
    this.#filled = 0
    this.#thread ??= hashInThread(this.#algorithms) ?? hashHere(this.#algorithms)
    const hashed = this.#thread.add(block)
    this.push(block)
    await hashed
  }

  async #finish(): Promise<void> {
    const rest = this.#block?.subarray(0, this.#filled) ?? Buffer.alloc(0)
    const hash = this.#thread ?? hashHere(this.#algorithms)
    this.#block = undefined
    if (rest.length > 0) {
      const hashed = hash.add(rest)
      this.push(rest)
      await hashed
    }
    this.#digests = await hash.digests()
  }
}

/** Hashes in this thread. */
function hashHere(algorithms: string[]): ThreadedHash {
  const hashes = algorithms.map((name) => createHash(name))
  return {
    add: async (block) => {
      for (const hash of hashes) hash.update(block)
    },
    digests: async () => hashes.map((hash) => hash.digest('hex')),
    forget: () => undefined,
  }
}

function settle(work: Promise<unknown>, done: TransformCallback): void {
  work.then(() => done(), done)
}
