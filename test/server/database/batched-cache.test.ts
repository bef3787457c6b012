import { expect, it, vi } from 'vitest'
import { BatchedCache } from '@/server/database/batched-cache'

interface Value {
  text: string
}

/** A cache over a table that the test changes; `release` lets the query that waits go on. */
function opened({ held = false } = {}) {
  const table = new Map<string, string>()
  const queries: string[][] = []
  const waiting: (() => void)[] = []
  const cache = new BatchedCache<Value>({
    async load(keys) {
      queries.push(keys)
      const read = new Map(keys.map((key) => [key, { text: table.get(key) ?? 'absent' }]))
      if (held) await new Promise<void>((resolve) => waiting.push(resolve))
      return read
    },
    keep: ({ text }) => (text.startsWith('final') ? 'for_ever' : 'until_told'),
    capacity: 3,
  })
  return { table, queries, waiting, cache }
}

it('asks once for what many want at the same time', async () => {
  const { cache, queries } = opened()
  const values = await Promise.all([cache.get('a'), cache.get('b'), cache.get('a')])
  expect(values[0]).toBe(values[2])
  expect(queries).toEqual([['a', 'b']])
})

it('gathers what is asked for while a query runs into the next one', async () => {
  const { cache, queries, waiting } = opened({ held: true })
  const first = cache.get('a')
  await vi.waitFor(() => expect(queries).toHaveLength(1))
  const later = Promise.all([cache.get('b'), cache.get('c'), cache.get('d')])
  waiting.shift()?.()
  await first
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  waiting.shift()?.()
  await later
  expect(queries).toEqual([['a'], ['b', 'c', 'd']])
})

it('gives a kept value without a promise', async () => {
  const { cache } = opened()
  expect(cache.get('a')).toBeInstanceOf(Promise)
  const value = await cache.get('a')
  expect(cache.get('a')).toBe(value)
})

it('reads what is wanted as it is now, and keeps that', async () => {
  const { cache, table, queries } = opened()
  await cache.get('a')
  table.set('a', 'new')
  expect(cache.get('a')).toEqual({ text: 'absent' })
  expect(await cache.current('a')).toEqual({ text: 'new' })
  expect(cache.get('a')).toEqual({ text: 'new' })
  expect(queries).toEqual([['a'], ['a']])
})

it('reads again what may have changed, and keeps what cannot', async () => {
  const { cache, table, queries } = opened()
  table.set('b', 'final 1')
  await Promise.all([cache.get('a'), cache.get('b')])
  table.set('a', 'final 2')
  cache.forgetPassing()
  expect(await cache.get('a')).toEqual({ text: 'final 2' })
  expect(cache.get('b')).toEqual({ text: 'final 1' })
  cache.forgetAll()
  await cache.get('b')
  expect(queries).toEqual([['a', 'b'], ['a'], ['b']])
})

it('does not keep what was read before an announcement that came while it was read', async () => {
  const { cache, table, queries, waiting } = opened({ held: true })
  const early = cache.get('a')
  await vi.waitFor(() => expect(queries).toHaveLength(1))
  table.set('a', 'final')
  cache.forgetPassing()
  waiting.shift()?.()
  expect(await early).toEqual({ text: 'absent' })
  const late = cache.get('a')
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  waiting.shift()?.()
  expect(await late).toEqual({ text: 'final' })
})

it('keeps what cannot change even when an announcement about others came while it was read', async () => {
  const { cache, table, waiting } = opened({ held: true })
  table.set('a', 'final')
  const asked = cache.get('a')
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  cache.forgetPassing()
  waiting.shift()?.()
  const value = await asked
  expect(cache.get('a')).toBe(value)
})

it('keeps nothing that was read before anything may have changed', async () => {
  const { cache, table, waiting } = opened({ held: true })
  table.set('a', 'final')
  const asked = cache.get('a')
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  cache.forgetAll()
  waiting.shift()?.()
  await asked
  expect(cache.get('a')).toBeInstanceOf(Promise)
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  waiting.shift()?.()
})

it('keeps no more than it may', async () => {
  const { cache, queries } = opened()
  await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key)))
  await cache.get('a')
  expect(queries).toEqual([['a', 'b', 'c', 'd'], ['a']])
})

it('tells a failure to all who wait, and tries anew for the next', async () => {
  let broken = true
  const cache = new BatchedCache<Value>({
    load: async (keys) => {
      if (broken) throw new Error('The database is away.')
      return new Map(keys.map((key) => [key, { text: key }]))
    },
    keep: () => 'until_told',
    capacity: 3,
  })
  const asked = await Promise.allSettled([cache.get('a'), cache.get('b')])
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  broken = false
  expect(await cache.get('a')).toEqual({ text: 'a' })
})
