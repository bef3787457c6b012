import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseChunkRange } from '@/server/oci/content-range'

it.each([
  ['0-0', 0, 0],
  ['0-1023', 0, 1023],
  ['1024-2047', 1024, 2047],
  [' 5-6 ', 5, 6],
  ['bytes 0-9/10', 0, 9],
  ['bytes 0-9/*', 0, 9],
  ['bytes=0-9', 0, 9],
  ['999999999999999-999999999999999', 999_999_999_999_999, 999_999_999_999_999],
])('%j is a range', (text, start, end) => {
  expect(parseChunkRange(text)).toEqual({ start, end })
})

it.each([
  '',
  '-',
  '1',
  '1-',
  '-1',
  '2-1',
  'a-b',
  '0-1, 2-3',
  '0x0-0x1',
  '1e3-2e3',
  '0-1/',
  'items 0-1',
  '0–1',
  '0-9999999999999999',
])('%j is none', (text) => {
  expect(parseChunkRange(text)).toBeUndefined()
})

it('a range is one of whole numbers that does not end before it begins', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-/ *bytes=') }), (text) => {
      const range = parseChunkRange(text)
      if (range === undefined) return
      expect(Number.isSafeInteger(range.start) && Number.isSafeInteger(range.end)).toBe(true)
      expect(range.end).toBeGreaterThanOrEqual(range.start)
    }),
  )
})
