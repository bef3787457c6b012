import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryDelay } from '@/server/mirror/retry-delay'

describe('the delay before the next attempt', () => {
  const at = (random: number) => (attempt: number) =>
    retryDelay({ attempt, baseSeconds: 15, random: () => random })

  it('may double with each attempt, up to an hour', () => {
    expect([1, 2, 3, 4].map(at(0.5))).toEqual([7_500, 15_000, 30_000, 60_000])
    expect(at(0.999999)(30)).toBeLessThanOrEqual(3_600_000)
    expect(at(0.5)(30)).toBe(1_800_000)
  })

  it('may be nothing at all: the jitter is full', () => {
    expect(at(0)(5)).toBe(0)
  })

  it('is never shorter than the upstream asks, within an hour', () => {
    const asked = (retryAfter: number) =>
      retryDelay({ attempt: 1, baseSeconds: 15, retryAfter, random: () => 0.5 })
    expect(asked(120)).toBe(127_500)
    expect(asked(86_400)).toBe(3_600_000)
  })

  it('lies between nothing and an hour, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 0.9999999, noNaN: true }),
        (attempt, baseSeconds, random) => {
          const delay = retryDelay({ attempt, baseSeconds, random: () => random })
          expect(delay).toBeGreaterThanOrEqual(0)
          expect(delay).toBeLessThanOrEqual(3_600_000)
        },
      ),
    )
  })
})
