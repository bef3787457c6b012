import type { Readable } from 'node:stream'

/** Bytes `start` to `end`, both inclusive. */
export interface ByteRange {
  start: number
  end: number
}

export interface StoredObject {
  size: number
  modifiedAt: Date
}

/** A small object that is in memory. */
export interface NewObject {
  key: string
  content: Buffer
}

export interface WriteOptions {
  signal?: AbortSignal
}

/** Takes one chunk; its bytes are the reader's own memory, and may change once the promise has settled. */
export type ByteSink = (chunk: Buffer) => Promise<void>

/**
 * Where bytes live. Keys follow one grammar (`isKey`): segments of `[a-z0-9._-]` joined by `/`, none of them `.` or `..`.
 * Every driver passes test/contracts/storage-driver.ts.
 */
export interface StorageDriver {
  readonly name: string
  /**
   * The bytes of an object, or a range of them, as a stream that can be destroyed at any time.
   * @throws AppError `not_found`; a range outside the object is `range_not_satisfiable`.
   */
  read(key: string, range?: ByteRange): Promise<Readable>
  /**
   * Hands the bytes of an object, or a range of them, to `sink` in order, reading ahead while it works. What `sink`
   * throws ends the feeding and is passed on.
   * @throws AppError `not_found`, `range_not_satisfiable`; both before `sink` is called.
   */
  feed(key: string, sink: ByteSink, range?: ByteRange): Promise<void>
  /**
   * Stores the whole stream under the key, durably, or nothing: no reader sees a part, also after a kill or power loss.
   * @returns the number of bytes.
   * @throws AppError `storage_full`, `cancelled`; errors of the source are passed on.
   */
  write(key: string, body: Readable, options?: WriteOptions): Promise<number>
  /**
   * Stores many small objects with the promises of `write` for each, faster than one after the other; after an error any of
   * them may be there. Absent where a storage has no such way.
   * @throws AppError `storage_full`.
   */
  writeMany?(objects: readonly NewObject[]): Promise<void>
  /** Size and time of an object; undefined when there is none. */
  stat(key: string): Promise<StoredObject | undefined>
  /** Makes the object appear under the new key atomically; an object that is there already is replaced. */
  move(from: string, to: string): Promise<void>
  /** Idempotent; what lies below the key stays. */
  remove(key: string): Promise<void>
  /**
   * Where the object of this key is, or would be, as those who read the storage itself name it: a path, an `s3://` URL, a
   * YTsaurus path.
   */
  place(key: string): string
  /** Keys below a prefix (`blobs/`), in no promised order. */
  list(prefix: string): AsyncIterable<string>
  /**
   * Removes what writes left behind that were cut off, objects aside: those are never half there.
   * @param olderThanMs age from which a draft cannot belong to a living write.
   * @returns the number of drafts removed.
   */
  sweep(olderThanMs: number): Promise<number>
}

const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,200}$/

/** Whether the text is a storage key: the one path grammar of all drivers. */
export function isKey(key: string): boolean {
  return key.length <= 1000 && key.split('/').every((segment) => SEGMENT.test(segment))
}
