import { afterAll, expect, it } from 'vitest'
import { kill, startChild } from '@/test/support/child'
import { openTestContext } from '@/test/support/context'
import { declareRow, runFetch } from '@/test/support/fetching'

const MIB = 1024 ** 2
const ctx = await openTestContext()
const { child, output: port } = await startChild(ctx, 'large-upstream-child.ts')
afterAll(() => kill(child))

async function fetchOf(bytes: number) {
  const id = await declareRow(ctx, `http://127.0.0.1:${port}/${bytes}`)
  const { error, file } = await runFetch(ctx, id)
  expect(error).toBeUndefined()
  expect(file).toMatchObject({ state: 'stored', size: BigInt(bytes) })
}

it('a file of 1 GiB is fetched in memory that does not grow by 64 MiB', async () => {
  // Whatever is loaded at the first fetch is not the file's.
  await fetchOf(MIB)
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  const started = performance.now()
  await fetchOf(1024 * MIB)
  clearInterval(watch)
  const seconds = (performance.now() - started) / 1000
  console.log(`1 GiB in ${seconds.toFixed(1)} s, memory grew by ${((most - before) / MIB).toFixed(0)} MiB`)
  expect((most - before) / MIB).toBeLessThan(64)
}, 240_000)
