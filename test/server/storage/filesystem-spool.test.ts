import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, expect, it } from 'vitest'
import { Spool } from '@/server/storage/filesystem-spool'

const directory = join(await mkdtemp(join(tmpdir(), 'entrepot-spool-')), 'made/when/absent')
afterAll(() => rm(directory, { recursive: true }))

it('gives back what was appended, any number of times, and knows its hash', async () => {
  const spool = await Spool.open(directory)
  for (const chunk of ['hel', '', 'lo']) await spool.append(Buffer.from(chunk))
  expect(spool.size).toBe(5)
  expect(spool.sha256()).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824')
  for (let time = 0; time < 2; time += 1) expect((await buffer(spool.read())).toString()).toBe('hello')
  spool.clear()
  await spool.append(Buffer.alloc(1_000_000, 'x'))
  expect((await buffer(spool.read())).equals(Buffer.alloc(1_000_000, 'x'))).toBe(true)
  await spool.close()
})

it('has no name on the disk from the beginning', async () => {
  const spool = await Spool.open(directory)
  await spool.append(Buffer.from('x'))
  expect(await readdir(directory)).toEqual([])
  await spool.close()
})

it('can be read on after a reader left', async () => {
  const spool = await Spool.open(directory)
  await spool.append(Buffer.alloc(1_000_000, 'x'))
  for await (const _ of spool.read()) break
  expect((await buffer(spool.read())).length).toBe(1_000_000)
  await spool.close()
})

it('fails its readers once it is closed', async () => {
  const spool = await Spool.open(directory)
  await spool.append(Buffer.from('x'))
  await spool.close()
  await expect(buffer(spool.read())).rejects.toThrow()
})
