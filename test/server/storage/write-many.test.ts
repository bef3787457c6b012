import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { below } from '@/server/storage/below'
import { openFilesystem } from '@/server/storage/filesystem'
import { guarded } from '@/server/storage/guarded'

const root = await mkdtemp(join(tmpdir(), 'entrepot-many-'))
afterAll(() => rm(root, { recursive: true, force: true }))
const storage = guarded(await openFilesystem(root))
const read = async (key: string) => Buffer.concat(await (await storage.read(key)).toArray()).toString()
const many = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => ({
    key: `${prefix}/${index % 7}/${index}`,
    content: Buffer.from(`${prefix} ${index}`),
  }))

describe('many small objects at once', () => {
  it.each([1, 5, 100])('are all there, and nothing else: %i of them', async (count) => {
    const objects = many(count, `count${count}`)
    await storage.writeMany?.(objects)
    for (const { key, content } of objects) expect(await read(key)).toBe(content.toString())
    expect(await readdir(join(root, '.tmp'))).toEqual([])
  })

  it('lie below the corner of a storage', async () => {
    await below(storage, 'corner').writeMany?.(many(40, 'inside'))
    expect(await read('corner/inside/3/3')).toBe('inside 3')
  })

  it('are refused with a key that is none, before anything is written', async () => {
    const objects = [...many(2, 'none'), { key: '../escape', content: Buffer.from('x') }]
    await expect(storage.writeMany?.(objects)).rejects.toMatchObject({ code: 'invalid' })
    expect(await storage.stat('none/0/0')).toBeUndefined()
  })

  it('leave no draft behind when one cannot be stored', async () => {
    await storage.writeMany?.([{ key: 'taken', content: Buffer.from('a file') }])
    const objects = [...many(40, 'some'), { key: 'taken/below', content: Buffer.from('x') }]
    await expect(storage.writeMany?.(objects)).rejects.toThrow()
    expect(await readdir(join(root, '.tmp'))).toEqual([])
    expect((await stat(join(root, 'taken'))).isFile()).toBe(true)
  })
})
