import { Readable } from 'node:stream'
import type { ByteRange, ByteSink, StorageDriver } from '@/server/storage/driver'

/** The bytes of one content, wherever they are; see StorageDriver for what the two ways promise. */
export interface ByteSource {
  read(range?: ByteRange): Promise<Readable>
  feed(sink: ByteSink, range?: ByteRange): Promise<void>
}

/** The bytes of an object of a storage. */
export function sourceOf(storage: StorageDriver, key: string): ByteSource {
  return {
    read: (range) => storage.read(key, range),
    feed: (sink, range) => storage.feed(key, sink, range),
  }
}

/** Bytes that are in memory already. */
export function sourceInMemory(content: Buffer): ByteSource {
  const part = (range?: ByteRange) =>
    range === undefined ? content : content.subarray(range.start, range.end + 1)
  return {
    read: async (range) => Readable.from([part(range)]),
    feed: (sink, range) => sink(part(range)),
  }
}
