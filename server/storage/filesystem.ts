import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, opendir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { LRUCache } from 'lru-cache'
import { AppError } from '@/server/errors'
import type {
  ByteRange,
  ByteSink,
  NewObject,
  StorageDriver,
  StoredObject,
  WriteOptions,
} from '@/server/storage/driver'
import { fillFile } from '@/server/storage/fill-file'
import { writeManyFiles } from '@/server/storage/write-many'

const TEMPORARY = '.tmp'
const READ_CHUNK = 1024 * 1024

/**
 * A feed owns two chunks. They shrink as feeds multiply: ten thousand stalled readers cost megabytes, not gigabytes, and
 * all the feeds together copy no more in one turn of the event loop than lets others be answered in between.
 */
const FEED_CHUNK = 256 * 1024
const MIN_FEED_CHUNK = 16 * 1024
const FEED_TOTAL = 16 * 1024 * 1024

/**
 * Objects as files below one directory. A write goes to a temporary file, is fsynced, renamed, and its directory fsynced:
 * after a power loss the object is whole or absent.
 * @param root the directory; made when absent.
 */
export async function openFilesystem(root: string): Promise<StorageDriver> {
  await mkdir(join(root, TEMPORARY), { recursive: true })
  return new FilesystemDriver(root)
}

class FilesystemDriver implements StorageDriver {
  readonly name = 'filesystem'
  /** How many `feed`s are under way. */
  private feeding = 0
  /** Directories whose own entry is known to survive a power loss. */
  private readonly lasting = new LRUCache<string, true>({ max: 10_000 })

  constructor(private readonly root: string) {}

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const { handle } = await this.open(key, range)
    return createReadStream('', { fd: handle, highWaterMark: READ_CHUNK, ...range })
  }

  async feed(key: string, sink: ByteSink, range?: ByteRange): Promise<void> {
    const { handle, size } = await this.open(key, range)
    this.feeding += 1
    try {
      const chunkSize = () =>
        Math.min(FEED_CHUNK, Math.max(MIN_FEED_CHUNK, Math.floor(FEED_TOTAL / this.feeding)))
      await feedFile(handle, sink, { chunkSize, start: 0, end: size - 1, ...range })
    } finally {
      this.feeding -= 1
      await handle.close()
    }
  }

  async write(key: string, body: Readable, { signal }: WriteOptions = {}): Promise<number> {
    const target = this.path(key)
    const draft = join(this.root, TEMPORARY, randomUUID())
    const handle = await open(draft, 'wx')
    try {
      const bytes = await fill(handle, body, signal)
      await mkdir(dirname(target), { recursive: true })
      await rename(draft, target)
      await this.syncDirectories(dirname(target))
      return bytes
    } catch (error) {
      await rm(draft, { force: true })
      throw signal?.aborted ? new AppError('cancelled', 'The write was cancelled.', { cause: error }) : error
    }
  }

  async writeMany(objects: readonly NewObject[]): Promise<void> {
    await writeManyFiles(objects, {
      drafts: join(this.root, TEMPORARY),
      pathOf: (key) => this.path(key),
      syncDirectory: (path) => this.syncDirectories(path),
    })
  }

  async stat(key: string): Promise<StoredObject | undefined> {
    const found = await stat(this.path(key)).catch(ignoreAbsent)
    return found?.isFile() ? { size: found.size, modifiedAt: found.mtime } : undefined
  }

  async move(from: string, to: string): Promise<void> {
    const target = this.path(to)
    if ((await this.stat(from)) === undefined) throw new AppError('not_found', `There is no object ${from}.`)
    await mkdir(dirname(target), { recursive: true })
    await rename(this.path(from), target).catch((error) => {
      throw isAbsent(error) ? new AppError('not_found', `There is no object ${from}.`) : error
    })
    const now = new Date()
    await utimes(target, now, now)
    await this.syncDirectories(dirname(target))
  }

  async remove(key: string): Promise<void> {
    await rm(this.path(key), { force: true }).catch((error) => {
      // Other keys go on where this one ends; it names no object itself.
      if (error.code !== 'ERR_FS_EISDIR' && error.code !== 'ENOTDIR') throw error
    })
  }

  place(key: string): string {
    return this.path(key)
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* this.walk(join(this.root, prefix))
  }

  async sweep(olderThanMs: number): Promise<number> {
    const limit = Date.now() - olderThanMs
    let removed = 0
    for await (const entry of await opendir(join(this.root, TEMPORARY))) {
      const path = join(this.root, TEMPORARY, entry.name)
      const found = await stat(path).catch(ignoreAbsent)
      if (!found || found.mtimeMs > limit) continue
      await rm(path, { force: true })
      removed += 1
    }
    return removed
  }

  private async *walk(directory: string): AsyncIterable<string> {
    const entries = await opendir(directory).catch(ignoreAbsent)
    if (!entries) return
    for await (const entry of entries) {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) {
        if (entry.name !== TEMPORARY) yield* this.walk(path)
      } else yield relative(this.root, path).split(sep).join('/')
    }
  }

  private async open(key: string, range?: ByteRange): Promise<{ handle: FileHandle; size: number }> {
    const handle = await open(this.path(key), 'r').catch(ignoreAbsent)
    if (!handle) throw new AppError('not_found', `There is no object ${key}.`)
    try {
      const found = await handle.stat()
      if (!found.isFile()) throw new AppError('not_found', `There is no object ${key}.`)
      const { size } = found
      if (range && (range.start > range.end || range.end >= size)) {
        throw new AppError(
          'range_not_satisfiable',
          `Bytes ${range.start}-${range.end} are outside ${size} bytes.`,
        )
      }
      return { handle, size }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  private path(key: string): string {
    return join(this.root, ...key.split('/'))
  }

  /** Makes the entries of a directory last, and the entries of those above, as far as it is not known that they do. */
  private async syncDirectories(from: string): Promise<void> {
    const synced: string[] = []
    for (let at = from; at === from || !this.lasting.has(at); at = dirname(at)) {
      const handle = await open(at, 'r')
      await handle.sync()
      await handle.close()
      synced.push(at)
      if (at === this.root) break
    }
    for (const directory of synced) this.lasting.set(directory, true)
  }
}

/** Two buffers take turns: one is being filled while the sink has the other. Reused memory is twice as fast as new memory. */
export async function feedFile(
  handle: FileHandle,
  sink: ByteSink,
  { start, end, chunkSize }: ByteRange & { chunkSize: () => number },
): Promise<void> {
  if (end < start) return
  const size = Math.min(chunkSize(), end - start + 1)
  const buffers: Buffer[] = []
  const readAt = (turn: number, position: number) => {
    buffers[turn] ??= Buffer.allocUnsafeSlow(size)
    const length = Math.min(size, chunkSize(), end - position + 1)
    return handle.read(buffers[turn], 0, length, position)
  }
  let pending = readAt(0, start)
  for (let turn = 0, position = start; position <= end; turn = 1 - turn) {
    const { bytesRead, buffer } = await pending
    if (bytesRead === 0) throw new AppError('internal', 'An object is shorter than it was a moment ago.')
    position += bytesRead
    const sent = sink(buffer.subarray(0, bytesRead))
    if (position <= end) pending = readAt(1 - turn, position)
    const [outcome] = await Promise.allSettled([sent, pending])
    if (outcome.status === 'rejected') throw outcome.reason
  }
}

async function fill(handle: FileHandle, body: Readable, signal?: AbortSignal): Promise<number> {
  try {
    return await fillFile(handle, body, signal)
  } finally {
    await handle.close()
  }
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function ignoreAbsent(error: unknown): undefined {
  if (isAbsent(error)) return undefined
  throw error
}
