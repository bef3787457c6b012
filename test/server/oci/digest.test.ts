import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDigest, parseDigest } from '@/server/oci/digest'

const of = (digits: number, digit = 'a') => digit.repeat(digits)

describe('a digest', () => {
  it.each([
    ['sha256', 64],
    ['sha512', 128],
  ] as const)('by %s has %i digits', (algorithm, digits) => {
    const hex = of(digits)
    expect(parseDigest(`${algorithm}:${hex}`)).toEqual({ algorithm, hex })
    expect(isDigest(`${algorithm}:${hex}`)).toBe(true)
  })

  it.each([
    '',
    ':',
    'sha256',
    'sha256:',
    of(64),
    `sha256:${of(63)}`,
    `sha256:${of(65)}`,
    `sha256:${of(128)}`,
    `sha512:${of(64)}`,
    `sha256:${of(64, 'A')}`,
    `sha256:${of(64, 'g')}`,
    `SHA256:${of(64)}`,
    `sha384:${of(96)}`,
    `md5:${of(32)}`,
    `sha256:${of(64)}\n`,
    `\nsha256:${of(64)}`,
    ` sha256:${of(64)}`,
    `sha256:${of(64)}@`,
    `sha256+b64:${of(64)}`,
  ])('is none: %j', (text) => {
    expect(parseDigest(text)).toBeUndefined()
    expect(isDigest(text)).toBe(false)
  })

  it('is what it is read from, whatever it is read from', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^sha(256|512):[0-9a-fA-F]{60,130}$/)), (text) => {
        const read = parseDigest(text)
        expect(read === undefined || `${read.algorithm}:${read.hex}` === text).toBe(true)
        expect(isDigest(text)).toBe(read !== undefined)
      }),
    )
  })
})
