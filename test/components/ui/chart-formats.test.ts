import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chartFormats, sizeTicks } from '@/components/ui/chart-formats'

describe('axis of sizes', () => {
  it('has round places in binary units', () => {
    expect(sizeTicks(26 * 1024 ** 3).map(chartFormats.size.axis)).toEqual([
      '0 B',
      '8 GiB',
      '16 GiB',
      '24 GiB',
      '32 GiB',
    ])
  })

  it('always reaches the greatest value in at most five places', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 60, noNaN: true }), (greatest) => {
        const ticks = sizeTicks(greatest)
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(greatest)
        expect(ticks.length).toBeLessThanOrEqual(5)
        expect(ticks.length).toBeGreaterThanOrEqual(2)
      }),
    )
  })
})
