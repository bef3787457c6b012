import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { integrityFromSha256, parseIntegrity, parseSha256 } from '@/server/mirror/integrity'

const sri = (algorithm: string, content: string) =>
  `${algorithm}-${createHash(algorithm).update(content).digest('base64')}`
const hex = (algorithm: string, content: string) => createHash(algorithm).update(content).digest('hex')
const refusal = (text: string) => {
  try {
    parseIntegrity(text)
    return 'accepted'
  } catch (error) {
    expect(error).toMatchObject({ name: 'AppError', code: 'invalid' })
    return (error as AppError).message
  }
}

describe('an integrity expression', () => {
  it('holds values, each once, in the order given', () => {
    const [one, two, three] = [sri('sha256', 'a'), sri('sha512', 'b'), sri('sha256', 'c')]
    expect(parseIntegrity(`${one} ${two}\n${three}  ${one}`)).toEqual({
      values: [
        { algorithm: 'sha256', digest: one.slice(7) },
        { algorithm: 'sha512', digest: two.slice(7) },
        { algorithm: 'sha256', digest: three.slice(7) },
      ],
      text: `${one} ${two} ${three}`,
    })
  })

  it('ignores weak and unknown algorithms, and options', () => {
    const text = `md5-${createHash('md5').update('a').digest('base64')} ${sri('sha1', 'a')} sha3-256-abc ${sri('sha256', 'a')}?ct=x`
    expect(parseIntegrity(text)).toMatchObject({ text: sri('sha256', 'a') })
  })

  it('may be written in the alphabet of URLs, without padding, and in upper case', () => {
    const standard = sri('sha256', 'url10')
    const other = standard
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, '')
      .replace('sha256', 'SHA256')
    expect(parseIntegrity(other).text).toBe(standard)
  })

  it.each([
    ['', /must hold/],
    ['   ', /must hold/],
    ['sha256', /must hold/],
    [sri('sha1', 'a'), /must hold/],
    [hex('sha256', 'a'), /must hold/],
    ['sha256-', /32 bytes/],
    ['sha256-abc', /32 bytes/],
    ['sha256-!!!', /32 bytes/],
    [`sha512-${sri('sha256', 'a').slice(7)}`, /64 bytes/],
    [`${sri('sha512', 'a')} sha256-typo`, /32 bytes/],
  ])('is refused: %j', (text, expected) => {
    expect(refusal(text)).toMatch(expected)
  })

  it('for any text: is refused in a sentence, or is its own canonical text', () => {
    const value = fc
      .tuple(fc.constantFrom('sha256', 'sha384', 'sha512', 'sha1', 'md5'), fc.string())
      .map(([algorithm, content]) => sri(algorithm, content))
    const any = fc.array(fc.oneof(value, fc.string()), { maxLength: 4 }).map((parts) => parts.join(' '))
    fc.assert(
      fc.property(any, (text) => {
        if (refusal(text) !== 'accepted') return
        const integrity = parseIntegrity(text)
        expect(parseIntegrity(integrity.text)).toEqual(integrity)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a SHA-256 in hexadecimal', () => {
  it('becomes an expression, in either case', () => {
    const digest = hex('sha256', 'a')
    expect(integrityFromSha256(digest)).toBe(sri('sha256', 'a'))
    expect(integrityFromSha256(digest.toUpperCase())).toBe(sri('sha256', 'a'))
    expect(parseSha256(digest.toUpperCase())).toBe(digest)
  })

  it.each([
    '',
    'abc',
    'g'.repeat(64),
    'a'.repeat(63),
    'a'.repeat(65),
    ` ${'a'.repeat(63)}`,
    `${'a'.repeat(64)}\n`,
  ])('is refused: %j', (text) => {
    expect(() => parseSha256(text)).toThrow(AppError)
    expect(() => integrityFromSha256(text)).toThrow(/64 hexadecimal/)
  })
})
