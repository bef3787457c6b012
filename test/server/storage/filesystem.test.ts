import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { toAppError } from '@/server/errors'
import { openFilesystem } from '@/server/storage/filesystem'
import { storageDriverContract } from '@/test/contracts/storage-driver'

const directories: string[] = []
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true })
})

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'entrepot-storage-'))
  directories.push(path)
  return path
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

storageDriverContract('filesystem', async () => {
  const root = await directory()
  return { driver: await openFilesystem(root), leftovers: () => filesBelow(root) }
})

describe('drafts of writes', () => {
  it('are swept when they are old enough, and only then', async () => {
    const root = await directory()
    const driver = await openFilesystem(root)
    await writeFile(join(root, '.tmp/old'), 'x')
    await writeFile(join(root, '.tmp/young'), 'x')
    const hourAgo = new Date(Date.now() - 3600_000)
    await utimes(join(root, '.tmp/old'), hourAgo, hourAgo)
    expect(await driver.sweep(60_000)).toBe(1)
    expect(await filesBelow(root)).toEqual(['.tmp/young'])
  })

  it('are not listed as objects', async () => {
    const root = await directory()
    const driver = await openFilesystem(root)
    await writeFile(join(root, '.tmp/draft'), 'x')
    await driver.write('a', Readable.from(['x']))
    const keys: string[] = []
    for await (const key of driver.list('')) keys.push(key)
    expect(keys).toEqual(['a'])
  })
})

describe('a disk that refuses', () => {
  it('fails the write, and leaves nothing', async () => {
    const root = await directory()
    const driver = await openFilesystem(root)
    // Where the object would be there is a directory with something in it: the rename fails.
    await mkdir(join(root, 'a/b'), { recursive: true })
    await expect(driver.write('a', Readable.from(['x']))).rejects.toThrow()
    expect(await filesBelow(root)).toEqual([])
  })

  it('is told as such when it is full', () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    expect(toAppError(full).code).toBe('storage_full')
  })
})
