import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { HotBlobs } from '@/server/blobs/hot-blobs'
import type { BlobStore } from '@/server/blobs/store'

function counting(contents: Record<string, string>) {
  const reads: string[] = []
  const read = async (sha256: string) => {
    reads.push(sha256)
    return Readable.from([Buffer.from(contents[sha256] ?? '')])
  }
  return { reads, store: { read } as unknown as BlobStore }
}

it('reads once for all who ask at the same time, and then never', async () => {
  const { reads, store } = counting({ a: 'hello' })
  const hot = new HotBlobs(store)
  expect(hot.get('a')).toBeUndefined()
  const [one, other] = await Promise.all([hot.load('a', 5), hot.load('a', 5)])
  expect(one).toBe(other)
  expect(hot.get('a')?.toString()).toBe('hello')
  await hot.load('a', 5)
  expect(reads).toEqual(['a'])
})

it('lets the least recently used go when the bytes are too many', async () => {
  const { store } = counting({ a: '12345', b: '12345', c: '12345' })
  const hot = new HotBlobs(store, 14)
  await hot.load('a', 5)
  await hot.load('b', 5)
  hot.get('a')
  await hot.load('c', 5)
  expect([hot.get('a'), hot.get('b'), hot.get('c')].map((bytes) => bytes?.length)).toEqual([5, undefined, 5])
})

it('refuses a content that has another size than is known, and keeps nothing of it', async () => {
  const { reads, store } = counting({ a: 'short' })
  const hot = new HotBlobs(store)
  await expect(hot.load('a', 6)).rejects.toMatchObject({ code: 'internal' })
  await expect(hot.load('a', 6)).rejects.toMatchObject({ code: 'internal' })
  expect(reads).toHaveLength(2)
})

it('keeps an empty content as well', async () => {
  const hot = new HotBlobs(counting({}).store)
  expect((await hot.load('a', 0)).length).toBe(0)
  expect(hot.get('a')).toBeDefined()
})
