import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { fileSink } from '@/server/start/log-sink'

const directory = await mkdtemp(join(tmpdir(), 'entrepot-log-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

it('goes on in a file, and begins a new one at the limit', async () => {
  const path = join(directory, 'entrepot.log')
  await writeFile(path, 'before\n')
  const sink = fileSink(path, 30)
  const lines = Array.from({ length: 5 }, (_, index) => `line number ${index}`)
  for (const line of lines) sink.write(line)
  expect(await readFile(path, 'utf8')).toBe(`${lines.slice(2).join('\n')}\n`)
  expect(await readFile(`${path}.1`, 'utf8')).toBe(`before\n${lines.slice(0, 2).join('\n')}\n`)
})
