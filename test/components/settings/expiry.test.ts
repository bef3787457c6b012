import { describe, expect, it } from 'vitest'
import { colonPairs, expiryOf } from '@/components/settings/expiry'

const now = new Date('2026-01-01T00:00:00Z')
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString()

describe('expiryOf', () => {
  it.each([
    [3650, 'ok', '3,650 days left'],
    [60, 'ok', '60 days left'],
    [59.9, 'attention', '59 days left'],
    [14, 'attention', '14 days left'],
    [13.9, 'failed', '13 days left'],
    [1, 'failed', '1 day left'],
    [0.5, 'failed', 'expires today'],
    [-0.1, 'failed', 'expired'],
  ])('%d days', (days, tone, words) => {
    expect(expiryOf(inDays(days), now)).toEqual({ tone, words })
  })
})

it('colonPairs writes a fingerprint as openssl does', () => {
  expect(colonPairs('0aff10')).toBe('0A:FF:10')
})
