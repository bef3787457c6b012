import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { NewObject } from '@/server/storage/driver'

/** Files after which other work gets its turn. */
const BREATH = 32
/** From so many on, one flush of the whole file system is cheaper than one of each file. */
const FLUSH_WHOLE = 32

interface Place {
  /** Directory of drafts, on the file system of all targets. */
  drafts: string
  pathOf(key: string): string
  /** Makes the entries of a directory last. */
  syncDirectory(path: string): Promise<void>
}

interface Draft {
  path: string
  target: string
  content: Buffer
}

/**
 * Writes small files, durably: a reader sees none or all of one, also after a power loss. All bytes are on the disk before the
 * first file gets its name. Calls that wait are used, a few at a time: for small files a call costs far less than its promise.
 */
export async function writeManyFiles(objects: readonly NewObject[], place: Place): Promise<void> {
  const drafts = objects.map(
    ({ key, content }): Draft => ({
      path: join(place.drafts, randomUUID()),
      target: place.pathOf(key),
      content,
    }),
  )
  const isWhole = objects.length >= FLUSH_WHOLE
  try {
    await each(drafts, ({ path, content }) => writeDraft(path, content, { sync: !isWhole }))
    const isFlushed = isWhole && (await flushFileSystem(place.drafts))
    if (isWhole && !isFlushed) for (const { path } of drafts) await syncFile(path)
    const directories = [...new Set(drafts.map(({ target }) => dirname(target)))]
    await each(directories, (path) => mkdirSync(path, { recursive: true }))
    await each(drafts, ({ path, target }) => renameSync(path, target))
    if (isFlushed && (await flushFileSystem(place.drafts))) return
    for (const path of directories) await place.syncDirectory(path)
  } catch (error) {
    await each(drafts, ({ path }) => rmSync(path, { force: true }))
    throw error
  }
}

function writeDraft(path: string, content: Buffer, { sync }: { sync: boolean }): void {
  const file = openSync(path, 'wx')
  try {
    for (let at = 0; at < content.length; ) at += writeSync(file, content, at)
    if (sync) fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** syncfs(2) of the file system that a path is on, by coreutils, for Node has no call for it. @returns false where there is none. */
function flushFileSystem(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('sync', ['--file-system', path], { stdio: 'ignore' })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}

async function each<Item>(items: readonly Item[], work: (item: Item) => void): Promise<void> {
  for (const [index, item] of items.entries()) {
    work(item)
    if (index % BREATH === BREATH - 1) await new Promise(setImmediate)
  }
}
