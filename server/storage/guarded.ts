import type { Readable } from 'node:stream'
import { AppError } from '@/server/errors'
import {
  type ByteRange,
  type ByteSink,
  isKey,
  type NewObject,
  type StorageDriver,
  type WriteOptions,
} from '@/server/storage/driver'

/** Any driver behind the key grammar, so that no driver has to check it: a key outside it is refused, never mended. */
export function guarded(driver: StorageDriver): StorageDriver {
  return {
    name: driver.name,
    read: async (key: string, range?: ByteRange) => driver.read(checked(key), range),
    feed: async (key: string, sink: ByteSink, range?: ByteRange) => driver.feed(checked(key), sink, range),
    write: async (key: string, body: Readable, options?: WriteOptions) =>
      driver.write(checked(key), body, options),
    ...(driver.writeMany && {
      writeMany: async (objects: readonly NewObject[]) => {
        for (const { key } of objects) checked(key)
        await driver.writeMany?.(objects)
      },
    }),
    stat: async (key: string) => driver.stat(checked(key)),
    move: async (from: string, to: string) => driver.move(checked(from), checked(to)),
    remove: async (key: string) => driver.remove(checked(key)),
    place: (key: string) => driver.place(checked(key)),
    list: (prefix: string) => driver.list(prefix === '' ? '' : checked(prefix.replace(/\/$/, ''))),
    sweep: (olderThanMs: number) => driver.sweep(olderThanMs),
  }
}

function checked(key: string): string {
  if (!isKey(key)) throw new AppError('invalid', `“${key.slice(0, 100)}” is not a storage key.`)
  return key
}
