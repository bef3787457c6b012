import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { decodeCursor, encodeCursor, pageOf } from '@/server/http/cursor'

it('gives back what it was given', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (key) => {
      expect(decodeCursor(encodeCursor(key), key.length)).toEqual(key)
    }),
  )
})

it('refuses everything else with a sentence', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor(text, 1)).toThrow(AppError)
    }),
  )
  expect(() => decodeCursor(encodeCursor(['a', 'b']), 1)).toThrow('Start again without it')
})

it('makes a page of rows that were read one too far', () => {
  const options = { key: (row: number) => [String(row)], item: (row: number) => row * 10 }
  expect(pageOf([1, 2, 3], 2, options)).toEqual({ items: [10, 20], nextCursor: encodeCursor(['2']) })
  expect(pageOf([1, 2], 2, options)).toEqual({ items: [10, 20], nextCursor: null })
  expect(pageOf([], 2, options)).toEqual({ items: [], nextCursor: null })
})
