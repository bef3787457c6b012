import { closeSync, constants, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open, opendir, readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { ImportPlace } from '@/server/apt/import/import-place'
import { AppError } from '@/server/errors'

const WIDTH = 16
/** Without waiting for the other end of a pipe. */
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK
const PACKAGE = /\.(deb|udeb|ddeb|dsc)$/

/** A repository, or a heap of packages, in a directory of this machine. Directories that are links are not walked. */
export function directoryPlace(root: string): ImportPlace {
  const at = (path: string) => join(root, ...path.split('/'))
  return {
    name: root,
    width: WIDTH,
    read: async (path, limit) => readSmall(at(path), limit),
    async open(path) {
      const handle = await openFile(at(path))
      if (handle === undefined) return undefined
      const body = createReadStream('', { fd: handle, highWaterMark: 1024 * 1024 })
      return { body, close: () => body.destroy() }
    },
    async directories(path) {
      const entries = await readdir(at(path), { withFileTypes: true }).catch(ignoreAbsent)
      return (entries ?? [])
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    },
    packages: () => walk(root, root),
  }
}

async function* walk(root: string, directory: string): AsyncGenerator<string, void> {
  const entries = await opendir(directory).catch((error) => {
    throw ignoreAbsent(error) ?? new AppError('not_found', `There is no directory ${directory}.`)
  })
  for await (const entry of entries) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) yield* walk(root, path)
    else if (PACKAGE.test(entry.name)) yield relative(root, path).split(sep).join('/')
  }
}

/** Calls that wait are used: for a small file they cost a tenth of what promises do. */
function readSmall(path: string, limit: number): Buffer | undefined {
  let file: number
  try {
    file = openSync(path, READ_ONLY)
  } catch (error) {
    return ignoreAbsent(error as NodeJS.ErrnoException)
  }
  try {
    const found = fstatSync(file)
    if (!found.isFile()) return undefined
    if (found.size > limit) throw new AppError('too_large', `${path} is larger than ${limit} bytes.`)
    const content = Buffer.allocUnsafe(found.size)
    let filled = 0
    for (let got = -1; got !== 0 && filled < content.length; filled += got) {
      got = readSync(file, content, filled, content.length - filled, filled)
    }
    return content.subarray(0, filled)
  } finally {
    closeSync(file)
  }
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  const handle = await open(path, READ_ONLY).catch(ignoreAbsent)
  if (handle === undefined || (await handle.stat()).isFile()) return handle
  await handle.close()
  return undefined
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  if (error.code === 'EACCES')
    throw new AppError('forbidden', 'Entrepôt may not read this directory.', { cause: error })
  throw error
}
