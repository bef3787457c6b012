import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatHttpDate, parseHttpDate } from '@/server/http/http-date'

const example = 784_111_777

it.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', example],
  ['Sunday, 06-Nov-94 08:49:37 GMT', example],
  ['Sun Nov  6 08:49:37 1994', example],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['Sat, 29 Feb 2020 00:00:00 GMT', 1_582_934_400],
  ['Fri, 31 Dec 2016 23:59:60 GMT', 1_483_228_800],
])('reads %j', (text, seconds) => {
  expect(parseHttpDate(text)).toBe(seconds)
})

it.each([
  '',
  '0',
  'yesterday',
  '784111777',
  '1994-11-06T08:49:37Z',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Sun, 06 Nov 1994 08:49:37 +0000',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 nov 1994 08:49:37 GMT',
  'Sun, 31 Feb 2021 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:00 GMT',
  ' Sun, 06 Nov 1994 08:49:37 GMT',
])('does not read %j', (text) => {
  expect(parseHttpDate(text)).toBeUndefined()
})

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_799 }), (seconds) => {
      expect(parseHttpDate(formatHttpDate(new Date(seconds * 1000)))).toBe(seconds)
    }),
  )
})
