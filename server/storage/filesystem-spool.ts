import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'

const READ_CHUNK = 128 * 1024

/**
 * A part of a body on its way to a storage that wants its length and hash beforehand. It lies in a file that has no name
 * any more, so that many large bodies at once cost no memory, and a killed process leaves nothing behind.
 */
export class Spool {
  #size = 0
  #hash = createHash('sha256')

  private constructor(private readonly file: FileHandle) {}

  /** @param directory made when absent. */
  static async open(directory: string): Promise<Spool> {
    await mkdir(directory, { recursive: true })
    const path = join(directory, randomUUID())
    const file = await open(path, 'wx+')
    await rm(path)
    return new Spool(file)
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size
  }

  async append(chunk: Buffer): Promise<void> {
    this.#hash.update(chunk)
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.file.write(chunk, done, chunk.length - done, this.#size + done)
      done += bytesWritten
    }
    this.#size += chunk.length
  }

  /** SHA-256 in hexadecimal; nothing is appended after this until `clear`. */
  sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  /** All of it, any number of times. */
  read(): Readable {
    return Readable.from(this.#chunks(), { objectMode: false, highWaterMark: READ_CHUNK })
  }

  /** Makes it empty, for the next part. */
  clear(): void {
    this.#size = 0
    this.#hash = createHash('sha256')
  }

  async close(): Promise<void> {
    await this.file.close()
  }

  async *#chunks(): AsyncGenerator<Buffer, void> {
    for (let at = 0; at < this.#size; ) {
      const length = Math.min(READ_CHUNK, this.#size - at)
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafeSlow(length), 0, length, at)
      if (bytesRead === 0) throw new Error('a spool is shorter than what was written to it')
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
}
