import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import { below } from '@/server/storage/below'
import type { StorageDriver } from '@/server/storage/driver'
import { openFilesystem } from '@/server/storage/filesystem'
import { storageDriverContract } from '@/test/contracts/storage-driver'

const root = await mkdtemp(join(tmpdir(), 'entrepot-below-'))
afterAll(() => rm(root, { recursive: true }))
const keysOf = async (driver: StorageDriver) => {
  const keys: string[] = []
  for await (const key of driver.list('')) keys.push(key)
  return keys
}

storageDriverContract('below a prefix of another one', async () => {
  const whole = await openFilesystem(await mkdtemp(join(root, 'storage-')))
  const leftovers = async () => (await keysOf(whole)).map((key) => key.replace('clusters/one/', ''))
  return { driver: below(whole, 'clusters/one'), leftovers }
})

it('two corners know nothing of each other', async () => {
  const whole = await openFilesystem(await mkdtemp(join(root, 'storage-')))
  const [one, other] = [below(whole, 'clusters/one'), below(whole, 'clusters/one-more')]
  await one.write('a', Readable.from(['1']))
  await other.write('b', Readable.from(['2']))
  expect([await keysOf(one), await keysOf(other)]).toEqual([['a'], ['b']])
  expect(one.place('a')).toBe(whole.place('clusters/one/a'))
})
