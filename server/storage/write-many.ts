import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { NewObject } from '@/server/storage/driver'

/** Files that are written at one time. */
const WIDTH = 16
/** From so many on, one flush of the whole file system is cheaper than one of each file. */
const FLUSH_WHOLE = 32

interface Place {
  /** Directory of drafts, on the file system of all targets. */
  drafts: string
  pathOf(key: string): string
  /** Makes the entries of a directory last. */
  syncDirectory(path: string): Promise<void>
}

/**
 * Writes small files, durably and each at once: a reader sees none or all of one, also after a power loss. All bytes are on the
 * disk before the first file gets its name.
 */
export async function writeManyFiles(objects: readonly NewObject[], place: Place): Promise<void> {
  const isWhole = objects.length >= FLUSH_WHOLE
  const drafts: { draft: string; target: string }[] = objects.map(({ key }) => ({
    draft: join(place.drafts, randomUUID()),
    target: place.pathOf(key),
  }))
  try {
    await each(drafts, async ({ draft }, index) =>
      writeDraft(draft, (objects[index] as NewObject).content, { sync: !isWhole }),
    )
    const isFlushed = isWhole && (await flushFileSystem(place.drafts))
    if (isWhole && !isFlushed) await each(drafts, ({ draft }) => syncFile(draft))
    const directories = [...new Set(drafts.map(({ target }) => dirname(target)))]
    await each(directories, async (path) => void (await mkdir(path, { recursive: true })))
    await each(drafts, ({ draft, target }) => rename(draft, target))
    if (!isFlushed || !(await flushFileSystem(place.drafts))) {
      await each(directories, (path) => place.syncDirectory(path))
    }
  } catch (error) {
    await each(drafts, ({ draft }) => rm(draft, { force: true }))
    throw error
  }
}

async function writeDraft(path: string, content: Buffer, { sync }: { sync: boolean }): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    for (let at = 0; at < content.length; ) {
      const { bytesWritten } = await handle.write(content, at)
      at += bytesWritten
    }
    if (sync) await handle.sync()
  } finally {
    await handle.close()
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

async function each<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const run = async () => {
    for (let index = next++; index < items.length; index = next++) await work(items[index] as Item, index)
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(WIDTH, items.length) }, run))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
