import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { HotBlobs } from '@/server/blobs/hot-blobs'

function counting(contents: Record<string, string>) {
  const reads: string[] = []
  const content = (key: string, size: number) => ({
    key,
    size,
    source: {
      async read() {
        reads.push(key)
        return Readable.from([Buffer.from(contents[key] ?? '')])
      },
      feed: () => Promise.reject(new Error('small contents are read whole')),
    },
  })
  return { reads, content }
}

it('reads once for all who ask at the same time, and then never', async () => {
  const { reads, content } = counting({ a: 'hello' })
  const hot = new HotBlobs()
  expect(hot.get('a')).toBeUndefined()
  const [one, other] = await Promise.all([hot.load(content('a', 5)), hot.load(content('a', 5))])
  expect(one).toBe(other)
  expect(hot.get('a')?.toString()).toBe('hello')
  await hot.load(content('a', 5))
  expect(reads).toEqual(['a'])
})

it('lets the least recently used go when the bytes are too many', async () => {
  const { content } = counting({ a: '12345', b: '12345', c: '12345' })
  const hot = new HotBlobs(14)
  await hot.load(content('a', 5))
  await hot.load(content('b', 5))
  hot.get('a')
  await hot.load(content('c', 5))
  expect([hot.get('a'), hot.get('b'), hot.get('c')].map((bytes) => bytes?.length)).toEqual([5, undefined, 5])
})

it('refuses a content that has another size than is known, and keeps nothing of it', async () => {
  const { reads, content } = counting({ a: 'short' })
  const hot = new HotBlobs()
  await expect(hot.load(content('a', 6))).rejects.toMatchObject({ code: 'internal' })
  await expect(hot.load(content('a', 6))).rejects.toMatchObject({ code: 'internal' })
  expect(reads).toHaveLength(2)
})

it('keeps an empty content as well', async () => {
  const { content } = counting({})
  const hot = new HotBlobs()
  expect((await hot.load(content('a', 0))).length).toBe(0)
  expect(hot.get('a')).toBeDefined()
})
