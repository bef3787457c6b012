import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRange } from '@/server/http/range'

describe('of 100 bytes', () => {
  it.each([
    ['bytes=0-0', [[0, 0]]],
    ['bytes=0-', [[0, 99]]],
    ['bytes=10-19', [[10, 19]]],
    ['bytes=99-', [[99, 99]]],
    ['bytes=90-1000', [[90, 99]]],
    ['bytes=-1', [[99, 99]]],
    ['bytes=-100', [[0, 99]]],
    ['bytes=-1000', [[0, 99]]],
    ['BYTES=0-0', [[0, 0]]],
    [
      'bytes= 0-0 ,\t2-2',
      [
        [0, 0],
        [2, 2],
      ],
    ],
    [
      'bytes=,0-0,,2-2,',
      [
        [0, 0],
        [2, 2],
      ],
    ],
    [
      'bytes=50-59,0-9',
      [
        [50, 59],
        [0, 9],
      ],
    ],
    ['bytes=0-9,200-', [[0, 9]]],
    ['bytes=0-9,-0', [[0, 9]]],
    ['bytes=0-99999999999999999999', [[0, 99]]],
  ])('%j asks for %j', (field, parts) => {
    expect(parseRange(field, 100)).toEqual(parts.map(([start, end]) => ({ start, end })))
  })

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=200-,-0', 'bytes=99999999999999999999-'])(
    '%j cannot be satisfied',
    (field) => {
      expect(parseRange(field, 100)).toBe('unsatisfiable')
    },
  )

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=-',
    'bytes=a-b',
    'bytes=1',
    'bytes=9-5',
    'bytes=0-9,9-5',
    'bytes=--5',
    'bytes=+1-2',
    'bytes=0x1-0x2',
    'bytes=0-9;10-19',
    'bytes =0-9',
    'lines=0-9',
    'items 0-9',
    // Two fields, joined as RFC 9110 §5.3 says.
    'bytes=0-9, bytes=20-29',
  ])('%j counts as absent', (field) => {
    expect(parseRange(field, 100)).toBe('whole')
  })
})

it('joins parts once some of them overlap, so that no byte is sent twice', () => {
  expect(parseRange('bytes=50-59,0-9,5-14,15-20', 100)).toEqual([
    { start: 0, end: 20 },
    { start: 50, end: 59 },
  ])
  expect(parseRange(`bytes=${Array(50).fill('0-').join(',')}`, 100)).toEqual([{ start: 0, end: 99 }])
})

it('disregards sets of very many parts', () => {
  const parts = Array.from({ length: 65 }, (_, index) => `${index * 2}-${index * 2}`)
  expect(parseRange(`bytes=${parts.slice(1).join(',')}`, 1000)).toHaveLength(64)
  expect(parseRange(`bytes=${parts.join(',')}`, 1000)).toBe('whole')
})

it('treats a suffix of empty content as the whole of it', () => {
  expect(parseRange('bytes=-5', 0)).toBe('whole')
  expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable')
})

it('gives parts inside the content that never overlap, whatever is asked', () => {
  const spec = fc.oneof(
    fc.tuple(fc.nat(300), fc.nat(300)).map(([start, end]) => `${start}-${end}`),
    fc.nat(300).map((start) => `${start}-`),
    fc.nat(300).map((length) => `-${length}`),
    fc.string({ maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 8 }), fc.nat(200), (specs, size) => {
      const wanted = parseRange(`bytes=${specs.join(',')}`, size)
      if (typeof wanted === 'string') return
      expect(wanted.length).toBeGreaterThan(0)
      const seen = new Set<number>()
      for (const { start, end } of wanted) {
        expect(start).toBeLessThanOrEqual(end)
        expect(end).toBeLessThan(size)
        for (let at = start; at <= end; at += 1) {
          expect(seen.has(at)).toBe(false)
          seen.add(at)
        }
      }
    }),
  )
})
