import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCredentials } from '@/server/oci/access/credentials'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('credentials', () => {
  it('are login and password, the password with colons of its own', () => {
    expect(readCredentials(basic('ada@example.org:a:b'))).toEqual({
      scheme: 'basic',
      login: 'ada@example.org',
      password: 'a:b',
    })
    expect(readCredentials(basic(':ent_x'))).toEqual({ scheme: 'basic', login: '', password: 'ent_x' })
    expect(readCredentials(basic('ä:ü'))).toEqual({ scheme: 'basic', login: 'ä', password: 'ü' })
  })

  it('are a token', () => {
    expect(readCredentials('bearer  ey.J_-9.x')).toEqual({ scheme: 'bearer', token: 'ey.J_-9.x' })
  })

  it.each([
    '',
    'Basic',
    'Basic !!!',
    'Bearer a b',
    'Digest x',
    basic('nocolon'),
    `Bearer ${'a'.repeat(40_000)}`,
  ])('are not %j', (header) => {
    expect(readCredentials(header)).toBeUndefined()
  })

  it('are read back whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-composite' }),
        fc.string({ unit: 'grapheme-composite' }),
        (login, password) => {
          fc.pre(!login.includes(':'))
          expect(readCredentials(basic(`${login}:${password}`))).toEqual({ scheme: 'basic', login, password })
        },
      ),
    )
  })
})
