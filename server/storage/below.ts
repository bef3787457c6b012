import type { NewObject, StorageDriver } from '@/server/storage/driver'

/** A corner of a storage, whose keys all begin with a prefix of it. */
export function below(storage: StorageDriver, prefix: string): StorageDriver {
  const inside = (key: string) => `${prefix}/${key}`
  return {
    name: storage.name,
    read: (key, range) => storage.read(inside(key), range),
    feed: (key, sink, range) => storage.feed(inside(key), sink, range),
    write: (key, body, options) => storage.write(inside(key), body, options),
    ...(storage.writeMany && {
      writeMany: (objects: readonly NewObject[]) =>
        storage.writeMany?.(objects.map(({ key, content }) => ({ key: inside(key), content }))) ??
        Promise.resolve(),
    }),
    stat: (key) => storage.stat(inside(key)),
    place: (key) => storage.place(inside(key)),
    move: (from, to) => storage.move(inside(from), inside(to)),
    remove: (key) => storage.remove(inside(key)),
    async *list(start) {
      for await (const key of storage.list(inside(start))) yield key.slice(prefix.length + 1)
    },
    // Drafts belong to the storage as a whole, which sweeps them itself.
    sweep: async () => 0,
  }
}
