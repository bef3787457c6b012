import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from '@/server/seal'

const key = { secret: 'secret', purpose: 'test', owner: 'one' }

describe('sealed texts', () => {
  it('gives back what was put in, and never the same bytes twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = seal(text, key)
        expect(unseal(sealed, key)).toBe(text)
        expect(seal(text, key)).not.toBe(sealed)
      }),
      { numRuns: 30 },
    )
  })

  it('opens for nothing else', () => {
    const sealed = seal('text', key)
    const altered = `${sealed.slice(0, -4)}AAAA`
    expect(() => unseal(sealed, { ...key, secret: 'other secret' })).toThrow()
    expect(() => unseal(sealed, { ...key, owner: 'another' })).toThrow()
    expect(() => unseal(sealed, { ...key, purpose: 'other' })).toThrow()
    expect(() => unseal(altered, key)).toThrow()
    expect(() => unseal('', key)).toThrow()
  })
})
