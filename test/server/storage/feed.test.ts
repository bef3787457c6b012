import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { ByteRange, StorageDriver } from '@/server/storage/driver'
import { openFilesystem } from '@/server/storage/filesystem'

const root = await mkdtemp(join(tmpdir(), 'entrepot-feed-'))
afterAll(() => rm(root, { recursive: true }))
const driver = await openFilesystem(root)
const large = Buffer.alloc(1_000_003, 'abcdefg')
await driver.write('large', Readable.from([large]))
await driver.write('empty', Readable.from([]))

/** What a sink gets when it takes its time and keeps copies. */
async function fed(from: StorageDriver, key: string, range?: ByteRange): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  const sink = async (chunk: Buffer) => {
    chunks.push(Buffer.from(chunk))
    await new Promise((resolve) => setImmediate(resolve))
    expect(chunk.equals(chunks.at(-1) as Buffer)).toBe(true)
  }
  await from.feed(key, sink, range)
  return chunks
}

describe('feeding', () => {
  it('hands over every byte in order, and leaves a chunk alone until the sink is done with it', async () => {
    const chunks = await fed(driver, 'large')
    expect(chunks.length).toBeGreaterThan(2)
    expect(Buffer.concat(chunks).equals(large)).toBe(true)
  })

  it.each([
    { start: 0, end: 0 },
    { start: 999, end: 1000 },
    { start: 1_000_002, end: 1_000_002 },
    { start: 300_000, end: 900_000 },
  ])('hands over the range %j', async (range) => {
    const expected = large.subarray(range.start, range.end + 1)
    expect(Buffer.concat(await fed(driver, 'large', range)).equals(expected)).toBe(true)
  })

  it('has nothing to hand over of an empty object', async () => {
    expect(await fed(driver, 'empty')).toEqual([])
  })

  it('refuses before the first chunk', async () => {
    const sink = () => Promise.reject(new Error('called'))
    await expect(driver.feed('none', sink)).rejects.toMatchObject({ code: 'not_found' })
    await expect(driver.feed('large', sink, { start: 5, end: 1_000_003 })).rejects.toMatchObject({
      code: 'range_not_satisfiable',
    })
  })

  it('ends with the error of its sink', async () => {
    let calls = 0
    const sink = async () => {
      calls += 1
      if (calls === 2) throw new Error('enough')
    }
    await expect(driver.feed('large', sink)).rejects.toThrow('enough')
    expect(calls).toBe(2)
  })

  it('uses smaller chunks while there are many at a time', async () => {
    let began = 0
    let open: () => void = () => undefined
    const all = new Promise<void>((resolve) => {
      open = resolve
    })
    const feed = async () => {
      const sizes: number[] = []
      await driver.feed('large', async (chunk) => {
        sizes.push(chunk.length)
        if (sizes.length === 1) began += 1
        if (began === 600) open()
        await all
      })
      return sizes
    }
    const feeds = [feed()]
    await vi.waitFor(() => expect(began).toBe(1))
    while (feeds.length < 600) feeds.push(feed())
    const sizes = await Promise.all(feeds)
    expect(sizes[0]?.[0]).toBe(256 * 1024)
    expect(sizes.map((each) => each.reduce((sum, size) => sum + size))).toEqual(Array(600).fill(large.length))
    expect(sizes.map((each) => each[2])).toEqual(Array(600).fill(Math.floor((16 * 1024 * 1024) / 600)))
  })
})
