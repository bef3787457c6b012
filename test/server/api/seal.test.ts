import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from '@/server/api/seal'

describe('seal', () => {
  it('gives back what was put in, and never the same bytes twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = seal(text, 'secret', 'test')
        expect(unseal(sealed, 'secret', 'test')).toBe(text)
        expect(seal(text, 'secret', 'test')).not.toBe(sealed)
      }),
      { numRuns: 30 },
    )
  })

  it('opens for nothing else', () => {
    const sealed = seal('text', 'secret', 'test')
    const altered = `${sealed.slice(0, -4)}AAAA`
    expect(() => unseal(sealed, 'other secret', 'test')).toThrow()
    expect(() => unseal(sealed, 'secret', 'other purpose')).toThrow()
    expect(() => unseal(altered, 'secret', 'test')).toThrow()
    expect(() => unseal('', 'secret', 'test')).toThrow()
  })
})
