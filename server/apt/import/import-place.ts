import type { Readable } from 'node:stream'

/** A file of any size; `close` it in any case. */
export interface OpenedFile {
  body: Readable
  close(): void
}

/** Where another repository lies. Paths are below it, as indexes write them. */
export interface ImportPlace {
  /** For people. */
  name: string
  /** Files that may be read at one time. */
  width: number
  /**
   * A small file, whole; undefined where there is none.
   * @param limit in bytes.
   * @throws AppError `too_large`; what reading fails with.
   */
  read(path: string, limit: number): Promise<Buffer | undefined>
  /** Undefined where there is none. */
  open(path: string): Promise<OpenedFile | undefined>
  /** Names of the directories below one; empty where there is none. Absent where nothing can be listed. */
  directories?(path: string): Promise<string[]>
  /** Paths of all packages and .dsc files. Absent where nothing can be listed. */
  packages?(): AsyncIterable<string>
}

/** A path as an index may name it: below its place, whatever reads it. */
export function isPathBelow(path: string): boolean {
  const parts = path.split('/')
  return (
    /^[!-~]{1,1000}$/.test(path) &&
    !path.includes('\\') &&
    !parts.some((part) => part === '' || part === '.' || part === '..')
  )
}
