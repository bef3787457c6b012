import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'

/**
 * Gathered before a write: a call for each small chunk would cost more than the copying. Batches shrink as files multiply,
 * so that many at a time stay small in memory. While one is written twice as much gathers, and then the source waits.
 */
const MAX_BATCH = 1024 * 1024
const MIN_BATCH = 64 * 1024
const ALL_BATCHES = 2 * 1024 * 1024
let filling = 0

function batchSize(): number {
  return Math.min(MAX_BATCH, Math.max(MIN_BATCH, Math.floor(ALL_BATCHES / filling)))
}

/** Bytes after which the disk is told to begin, so that little is left to wait for at the end. */
const SYNC_EVERY = 16 * 1024 * 1024

/**
 * Writes a stream to the beginning of a file, durably. One write is under way while the next one gathers. The source is
 * destroyed when it cannot be stored.
 * @returns the number of bytes, once they are on the disk.
 * @throws what the source or the disk fails with; the reason of the signal.
 */
export async function fillFile(handle: FileHandle, body: Readable, signal?: AbortSignal): Promise<number> {
  filling += 1
  const file = new Filling(handle, body)
  const abort = () => file.fail(signal?.reason)
  signal?.addEventListener('abort', abort)
  try {
    if (signal?.aborted) abort()
    return await file.done
  } finally {
    filling -= 1
    signal?.removeEventListener('abort', abort)
  }
}

class Filling {
  /** The whole size, when all is on the disk. Settles only when no write is under way any more: the file may be closed. */
  readonly done: Promise<number>
  #settle!: { resolve: (size: number) => void; reject: (error: unknown) => void }
  #gathered: Buffer[] = []
  #size = 0
  #written = 0
  #unsynced = 0
  #syncing: Promise<void> = Promise.resolve()
  #isWriting = false
  #hasEnded = false
  #failure: { error: unknown } | undefined

  constructor(
    private readonly handle: FileHandle,
    private readonly body: Readable,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    body.on('data', (chunk: Buffer | string) =>
      this.#take(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)),
    )
    body.on('end', () => {
      this.#hasEnded = true
      this.#go()
    })
    body.on('error', (error) => this.fail(error))
    const closed = () => {
      if (!this.#hasEnded) this.fail(body.errored ?? new Error('The source closed before its end.'))
    }
    body.on('close', closed)
    // What was over before we came tells us nothing any more.
    if (body.destroyed) closed()
  }

  fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = { error }
    this.body.destroy(error instanceof Error ? error : undefined)
    this.#go()
  }

  #take(chunk: Buffer): void {
    this.#gathered.push(chunk)
    this.#size += chunk.length
    const batch = batchSize()
    if (this.#size >= batch) this.#go()
    if (this.#size >= 2 * batch) this.body.pause()
  }

  /** Takes the next step, unless one is under way, which takes it when it is done. */
  #go(): void {
    if (this.#isWriting) return
    if (this.#failure !== undefined) void this.#finish()
    else if (this.#size >= batchSize() || (this.#hasEnded && this.#size > 0)) void this.#write()
    else if (this.#hasEnded) void this.#finish()
  }

  async #write(): Promise<void> {
    const batch = this.#gathered
    this.#gathered = []
    this.#size = 0
    this.#isWriting = true
    try {
      await this.#writeAll(batch)
    } catch (error) {
      this.fail(error)
    }
    this.#isWriting = false
    if (this.body.isPaused()) this.body.resume()
    this.#go()
  }

  /** A disk that is filling up takes less than it is given, and refuses the rest when it is given that. */
  async #writeAll(batch: Buffer[]): Promise<void> {
    for (let left = batch; left.length > 0; ) {
      const { bytesWritten } = await this.handle.writev(left, this.#written)
      this.#written += bytesWritten
      this.#unsynced += bytesWritten
      left = without(left, bytesWritten)
    }
    if (this.#unsynced < SYNC_EVERY) return
    this.#unsynced = 0
    this.#syncing = Promise.all([this.#syncing, this.handle.datasync()]).then(() => undefined)
    this.#syncing.catch((error) => this.fail(error))
  }

  async #finish(): Promise<void> {
    this.#isWriting = true
    try {
      await this.#syncing
      if (this.#failure !== undefined) throw this.#failure.error
      await this.handle.sync()
      this.#settle.resolve(this.#written)
    } catch (error) {
      this.#settle.reject(this.#failure?.error ?? error)
    }
  }
}

/** What is left of buffers after their first bytes. */
function without(buffers: Buffer[], bytes: number): Buffer[] {
  const left: Buffer[] = []
  let skip = bytes
  for (const buffer of buffers) {
    if (skip < buffer.length) left.push(skip === 0 ? buffer : buffer.subarray(skip))
    skip = Math.max(0, skip - buffer.length)
  }
  return left
}
