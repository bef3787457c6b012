import { describe, expect, it } from 'vitest'
import { formatBytes, formatSeconds, formatTransfer } from '@/server/mirror/quantities'

describe('quantities for people', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [40 * 1024 ** 2, '40 MiB'],
    [64 * 1024 ** 3, '64 GiB'],
    [3000 * 1024 ** 4, '3000 TiB'],
  ])('%d bytes are %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected)
  })

  it.each([
    [12 * 1024 ** 2, 40 * 1024 ** 2, '12 of 40 MiB'],
    [100, 40 * 1024 ** 2, '0 of 40 MiB'],
    [500, 1000, '500 of 1000 bytes'],
    [12 * 1024 ** 2, null, '12 MiB'],
  ])('%d of %s is %s', (done, total, expected) => {
    expect(formatTransfer(done, total)).toBe(expected)
  })

  it.each([
    [0.25, '0.3 s'],
    [60, '60 s'],
    [600, '10 min'],
    [21_600, '6 h'],
  ])('%d seconds are %s', (seconds, expected) => {
    expect(formatSeconds(seconds)).toBe(expected)
  })
})
