import { expect, it } from 'vitest'
import { LatestOnly } from '@/server/oci/hints/latest-only'

/** Work that ends when the test says so. */
function gates() {
  const open: ((value: number) => void)[] = []
  const work = () =>
    new Promise<number>((resolve) => {
      open.push(resolve)
    })
  return { open, work }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

it('does once more for all who asked meanwhile, and tells them what came of that', async () => {
  const { open, work } = gates()
  const latest = new LatestOnly<number>()
  const first = latest.run('a', work)
  const others = [latest.run('a', work), latest.run('a', work), latest.run('a', work)]
  const elsewhere = latest.run('b', work)
  expect(open.length).toBe(2)
  open[1]?.(7)
  expect(await elsewhere).toBe(7)
  open[0]?.(1)
  expect(await first).toBe(1)
  await turn()
  expect(open.length).toBe(3)
  open[2]?.(2)
  expect(await Promise.all(others)).toEqual([2, 2, 2])
  const again = latest.run('a', work)
  open[3]?.(3)
  expect(await again).toBe(3)
})

it('goes on after work that failed', async () => {
  const latest = new LatestOnly<number>()
  const failing = latest.run('a', () => Promise.reject(new Error('no')))
  const next = latest.run('a', async () => 2)
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe(2)
  expect(await latest.run('a', async () => 3)).toBe(3)
})
