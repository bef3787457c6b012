import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureSecret } from '@/server/start/secret'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'entrepot-secret-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

it('makes a secret once, for its owner alone', async () => {
  const made = await ensureSecret(directory)
  expect(made.length).toBeGreaterThanOrEqual(32)
  expect((await stat(join(directory, 'secret'))).mode & 0o777).toBe(0o600)
  expect(await ensureSecret(directory)).toBe(made)
  expect(await readFile(join(directory, 'secret'), 'utf8')).toBe(`${made}\n`)
})

it('is not put off by a draft of a start that was cut off', async () => {
  await writeFile(join(directory, 'secret.new'), 'half a sec')
  expect((await ensureSecret(directory)).length).toBeGreaterThanOrEqual(32)
})

it('never makes a new one in place of one that is damaged', async () => {
  await writeFile(join(directory, 'secret'), 'short\n')
  await expect(ensureSecret(directory)).rejects.toThrow('is damaged')
  expect(await readFile(join(directory, 'secret'), 'utf8')).toBe('short\n')
})
