import { LRUCache } from 'lru-cache'
import { AppError } from '@/server/errors'
import type { ByteSource } from '@/server/storage/source'

/** Larger contents are read from storage for each answer: their cost is in the bytes, not in the opening. */
export const HOT_BLOB_SIZE = 256 * 1024

const TOTAL_SIZE = 64 * 1024 * 1024

/** A content whose size is known. */
interface Content {
  /** Its digest in hexadecimal. */
  key: string
  /** In bytes, at most `HOT_BLOB_SIZE`. */
  size: number
  source: ByteSource
}

/**
 * Small contents kept in memory, the least recently used ones leaving first. A blob never changes, so nothing here can
 * be out of date.
 */
export class HotBlobs {
  readonly #kept: LRUCache<string, Buffer>
  readonly #loading = new Map<string, Promise<Buffer>>()

  /** @param totalSize bytes kept at most. */
  constructor(totalSize = TOTAL_SIZE) {
    this.#kept = new LRUCache({ maxSize: totalSize, sizeCalculation: (content) => content.length + 1 })
  }

  /** The content, if it is in memory. */
  get(key: string): Buffer | undefined {
    return this.#kept.get(key)
  }

  /**
   * The content, read now unless it is in memory; callers who ask at the same time share one reading.
   * @throws AppError `not_found`; `internal` when storage holds another number of bytes.
   */
  async load(content: Content): Promise<Buffer> {
    const { key } = content
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const loading = this.#loading.get(key) ?? this.#read(content)
    this.#loading.set(key, loading)
    return loading
  }

  async #read({ key, size, source }: Content): Promise<Buffer> {
    try {
      const content = Buffer.concat(await (await source.read()).toArray())
      if (content.length !== size) {
        throw new AppError('internal', `Blob ${key} has ${content.length} bytes instead of ${size}.`)
      }
      this.#kept.set(key, content)
      return content
    } finally {
      this.#loading.delete(key)
    }
  }
}
