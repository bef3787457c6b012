import { expect, it } from 'vitest'
import { readDataArchive } from '@/server/apt/read/data-archive'
import { tarEntry } from '@/test/server/apt/read/archives'

it('keeps nothing of files beside the changelog, however many are called like it', async () => {
  const content = Buffer.alloc(32 * 1024)
  let kept = 0
  async function* archive() {
    const before = process.memoryUsage().arrayBuffers
    for (let index = 0; index < 4000; index += 1) {
      const path = `./usr/share/doc/hello/changelog.${index}.gz`
      yield tarEntry({ path, size: content.length })
      yield content
    }
    kept = process.memoryUsage().arrayBuffers - before
  }
  const facts = await readDataArchive(archive(), { name: 'hello', entries: 10_000, pathLength: 10 ** 6 })
  expect([facts.paths.length, facts.changelog]).toEqual([4000, null])
  expect(kept).toBeLessThan(32 * 2 ** 20)
})
