import { describe, expect, it } from 'vitest'
import {
  formatCount,
  formatDuration,
  formatExact,
  formatRelative,
  formatShort,
  formatSize,
} from '@/components/ui/format'

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1,023 B'],
    [1024, '1.00 KiB'],
    [1536, '1.50 KiB'],
    [12.34 * 1024 ** 2, '12.3 MiB'],
    [812 * 1024 ** 3, '812 GiB'],
    [1024 ** 5, '1.00 PiB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatSize(bytes)).toBe(text))
})

describe('counts', () => {
  it('has separators', () => expect(formatCount(1_234_567)).toBe('1,234,567'))
  it('is short on an axis', () => expect(formatShort(1_234_567)).toBe('1.2M'))
})

describe('durations', () => {
  it.each([
    [-3, '0.0 s'],
    [0.42, '0.4 s'],
    [9.4, '9 s'],
    [59, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
    [3 * 86_400 + 4 * 3600 + 59, '3 d 4 h'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))
})

describe('instants', () => {
  const now = new Date('2026-06-15T12:00:00Z')
  it.each([
    ['2026-06-15T11:59:55Z', 'just now'],
    ['2026-06-15T12:00:05Z', 'just now'],
    ['2026-06-15T11:59:20Z', '40 s ago'],
    ['2026-06-15T11:56:01Z', '3 min ago'],
    ['2026-06-15T15:00:00Z', 'in 3 h'],
    ['2026-06-13T12:00:00Z', '2 d ago'],
    ['2026-03-12T12:00:00Z', '12 Mar'],
    ['2024-03-12T12:00:00Z', '12 Mar 2024'],
  ])('%s is %s', (instant, text) => expect(formatRelative(new Date(instant), now)).toBe(text))

  it('is exact in UTC', () => {
    expect(formatExact(new Date('2026-06-15T12:00:07Z'))).toBe('15 Jun 2026, 12:00:07 UTC')
  })
})
