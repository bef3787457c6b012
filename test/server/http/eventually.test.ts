import { expect, it } from 'vitest'
import { chain } from '@/server/http/eventually'

it('goes on at once with a value, and later with a promise', async () => {
  expect(chain(1, (value) => value + 1)).toBe(2)
  const later = chain(Promise.resolve(1), (value) => value + 1)
  expect(later).toBeInstanceOf(Promise)
  expect(await later).toBe(2)
})

it('passes failures on as they come', async () => {
  const fail = () => {
    throw new Error('no')
  }
  expect(() => chain(1, fail)).toThrow('no')
  await expect(chain(Promise.resolve(1), fail)).rejects.toThrow('no')
})
