import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  hashToken,
  looksLikeToken,
  newTokenSecret,
  tokenOfHeader,
  tokenPrefix,
} from '@/server/auth/token-secret'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('a new secret', () => {
  it('has 256 random bits, looks like a token, and is never the same', () => {
    const secrets = new Set(Array.from({ length: 100 }, newTokenSecret))
    expect(secrets.size).toBe(100)
    for (const secret of secrets) {
      expect(secret).toMatch(/^ent_[A-Za-z0-9_-]{43}$/)
      expect(looksLikeToken(secret)).toBe(true)
      expect(hashToken(secret)).toMatch(/^[0-9a-f]{64}$/)
      expect(secret.startsWith(tokenPrefix(secret))).toBe(true)
      expect(tokenPrefix(secret).length).toBe(12)
    }
  })
})

describe('tokenOfHeader', () => {
  it.each([
    ['Bearer ent_abc', 'ent_abc'],
    ['bearer   ent_abc ', 'ent_abc'],
    [basic('ada@example.org:ent_abc'), 'ent_abc'],
    [basic(':ent_abc'), 'ent_abc'],
    [basic('x:a:b'), 'a:b'],
    [basic('x:'), ''],
  ])('%s holds %s', (header, token) => expect(tokenOfHeader(header)).toBe(token))

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'ent_abc',
    'Digest username="x"',
    'Bearer a b',
    basic('no colon'),
    'Basic',
  ])('“%s” holds none', (header) => expect(tokenOfHeader(header)).toBeUndefined())

  it('finds what any client puts into Basic', () => {
    const login = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes(':'))
    fc.assert(
      fc.property(login, fc.string({ unit: 'grapheme' }), (name, password) => {
        expect(tokenOfHeader(basic(`${name}:${password}`))).toBe(password)
      }),
    )
  })

  it('survives anything', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void tokenOfHeader(text)))
  })
})
