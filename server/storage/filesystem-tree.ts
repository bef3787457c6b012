import { constants, createReadStream, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, opendir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { ByteRange } from '@/server/storage/driver'
import { feedFile } from '@/server/storage/filesystem'
import type { ByteSource } from '@/server/storage/source'

/** Something in a directory tree that others keep. */
export type TreeNode =
  | { kind: 'file'; size: number; modifiedAt: Date; source: ByteSource }
  | { kind: 'directory' }

export interface TreeEntry {
  name: string
  kind: 'file' | 'directory'
  /** Of files, in bytes. */
  size: number
  /** Null where it is not known. */
  modifiedAt: Date | null
}

const FEED_CHUNK = 128 * 1024
/** Entries whose facts are read at a time. */
const AT_ONCE = 32
/** No writing, no following of a last link, and no waiting for the other end of a pipe. */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * A directory tree that is read and never written. Symbolic links are followed while they stay below the root; what leads out of
 * it, and what begins with a dot, is not there.
 */
export class FilesystemTree {
  /** @param root an absolute directory. */
  constructor(private readonly root: string) {}

  /**
   * What a path leads to; undefined for nothing that may be seen.
   * @param segments names below the root, none of them `.`, `..` or with a slash.
   */
  async find(segments: readonly string[]): Promise<TreeNode | undefined> {
    const path = await this.#resolve(segments)
    const found = path === undefined ? undefined : await stat(path).catch(ignoreAbsent)
    if (path === undefined || found === undefined) return undefined
    if (found.isDirectory()) return { kind: 'directory' }
    if (!found.isFile()) return undefined
    const { size, mtime: modifiedAt } = found
    return { kind: 'file', size, modifiedAt, source: fileSource(() => this.#open(path), size) }
  }

  /**
   * The entries of a directory by name.
   * @param most after so many the rest is left out, and `isCut` says so.
   */
  async list(segments: readonly string[], most: number): Promise<{ entries: TreeEntry[]; isCut: boolean }> {
    const path = await this.#resolve(segments)
    const directory = path === undefined ? undefined : await opendir(path).catch(ignoreAbsent)
    if (directory === undefined) return { entries: [], isCut: false }
    const names: string[] = []
    let isCut = false
    for await (const { name } of directory) {
      if (name.startsWith('.')) continue
      isCut = names.length >= most
      if (isCut) break
      names.push(name)
    }
    names.sort()
    const entries: TreeEntry[] = []
    for (let start = 0; start < names.length; start += AT_ONCE) {
      const part = names.slice(start, start + AT_ONCE)
      const found = await Promise.all(part.map((name) => this.#entry(segments, name)))
      entries.push(...found.filter((entry) => entry !== undefined))
    }
    return { entries, isCut }
  }

  async #entry(segments: readonly string[], name: string): Promise<TreeEntry | undefined> {
    const path = await this.#resolve([...segments, name])
    const found = path === undefined ? undefined : await stat(path).catch(ignoreAbsent)
    if (found === undefined || !(found.isFile() || found.isDirectory())) return undefined
    return { name, kind: found.isFile() ? 'file' : 'directory', size: found.size, modifiedAt: found.mtime }
  }

  /** Where a path really is; undefined when that is hidden or outside of the root. */
  async #resolve(segments: readonly string[]): Promise<string | undefined> {
    if (segments.some((segment) => segment === '' || segment.startsWith('.'))) return undefined
    const [root, path] = await Promise.all([
      realpath(this.root).catch(ignoreAbsent),
      realpath(join(this.root, ...segments)).catch(ignoreAbsent),
    ])
    if (root === undefined || path === undefined) return undefined
    const below = relative(root, path)
    if (below === '') return path
    if (isAbsolute(below) || below.split(sep).some((segment) => segment.startsWith('.'))) return undefined
    return path
  }

  /** Opens a resolved path, and looks again that it is what it was: a directory may have become a link meanwhile. */
  async #open(path: string): Promise<FileHandle> {
    const handle = await open(path, READ_ONLY)
    try {
      const [opened, named, really] = await Promise.all([handle.stat(), lstat(path), realpath(path)])
      if (really === path && opened.isFile() && isSame(opened, named)) return handle
    } catch (error) {
      await handle.close()
      throw error
    }
    await handle.close()
    throw new Error('a file became something else while it was opened')
  }
}

/** Whether there is a directory of this name, which this process may read. @param path absolute. */
export async function isReadableDirectory(path: string): Promise<boolean> {
  const directory = await opendir(path).catch(() => undefined)
  await directory?.close()
  return directory !== undefined
}

/** Where a directory really is, links followed; the path itself where there is nothing. */
export async function realDirectory(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

function fileSource(openFile: () => Promise<FileHandle>, size: number): ByteSource {
  return {
    async read(range) {
      return createReadStream('', { fd: await openFile(), ...range })
    },
    async feed(sink, range?: ByteRange) {
      const handle = await openFile()
      try {
        await feedFile(handle, sink, { chunkSize: () => FEED_CHUNK, start: 0, end: size - 1, ...range })
      } finally {
        await handle.close()
      }
    },
  }
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev
}

/** A path that is too long, goes round in circles or is not for us is as good as absent. */
const ABSENT = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EACCES',
  'EPERM',
  'ERR_INVALID_ARG_VALUE',
])

function ignoreAbsent(error: unknown): undefined {
  if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
  throw error
}
