import { expect, it } from 'vitest'
import { inFours, standingOf } from '@/components/apt/keys/standing'

const now = new Date('2026-11-21T12:00:00Z')

it.each([
  [null, null, 'signing'],
  [null, '2028-01-01T00:00:00Z', 'signing'],
  [null, '2026-12-24T00:00:00Z', 'expiring'],
  [null, '2026-11-21T12:00:00Z', 'expired'],
  ['2026-11-01T00:00:00Z', '2020-01-01T00:00:00Z', 'retired'],
])('a key retired %s that expires %s is %s', (retiredAt, expiresAt, standing) => {
  expect(standingOf({ retiredAt, expiresAt }, now)).toBe(standing)
})

it('writes fingerprints in fours', () => {
  expect(inFours('0123456789abcdef')).toBe('0123 4567 89AB CDEF')
  expect(inFours('')).toBe('')
})
