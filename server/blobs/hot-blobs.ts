import { LRUCache } from 'lru-cache'
import type { BlobStore } from '@/server/blobs/store'
import { AppError } from '@/server/errors'

/** Larger contents are read from storage for each answer: their cost is in the bytes, not in the opening. */
export const HOT_BLOB_SIZE = 256 * 1024

const TOTAL_SIZE = 64 * 1024 * 1024

/**
 * Small contents kept in memory, the least recently used ones leaving first. A blob never changes, so nothing here can
 * be out of date.
 */
export class HotBlobs {
  readonly #store: BlobStore
  readonly #kept: LRUCache<string, Buffer>
  readonly #loading = new Map<string, Promise<Buffer>>()

  /** @param totalSize bytes kept at most. */
  constructor(store: BlobStore, totalSize = TOTAL_SIZE) {
    this.#store = store
    this.#kept = new LRUCache({ maxSize: totalSize, sizeCalculation: (content) => content.length + 1 })
  }

  /** The content, if it is in memory. */
  get(sha256: string): Buffer | undefined {
    return this.#kept.get(sha256)
  }

  /**
   * The content, read now unless it is in memory; callers who ask at the same time share one reading.
   * @param size bytes the content is known to have, at most `HOT_BLOB_SIZE`.
   * @throws AppError `not_found`; `internal` when storage holds another number of bytes.
   */
  async load(sha256: string, size: number): Promise<Buffer> {
    const kept = this.#kept.get(sha256)
    if (kept !== undefined) return kept
    const loading = this.#loading.get(sha256) ?? this.#read(sha256, size)
    this.#loading.set(sha256, loading)
    return loading
  }

  async #read(sha256: string, size: number): Promise<Buffer> {
    try {
      const content = Buffer.concat(await (await this.#store.read(sha256)).toArray())
      if (content.length !== size) {
        throw new AppError('internal', `Blob ${sha256} has ${content.length} bytes instead of ${size}.`)
      }
      this.#kept.set(sha256, content)
      return content
    } finally {
      this.#loading.delete(sha256)
    }
  }
}
