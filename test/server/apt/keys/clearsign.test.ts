import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseClearsigned } from '@/server/apt/keys/clearsign'
import { takeOffSignature } from '@/server/apt/keys/verify-signature'

const signature = '-----BEGIN PGP SIGNATURE-----\n\naGVsbG8=\n-----END PGP SIGNATURE-----\n'
const signed = (text: string, { headers = 'Hash: SHA512\n', before = '', after = '' } = {}) =>
  `${before}-----BEGIN PGP SIGNED MESSAGE-----\n${headers}\n${text}${signature}${after}`

describe('parseClearsigned', () => {
  it('gives what was signed, and the signature', () => {
    const document = signed('Origin: x\n- -dash\n\nlast  \n')
    expect(parseClearsigned(document)).toEqual({ text: 'Origin: x\n-dash\n\nlast\n', signature })
    expect(parseClearsigned(document.replaceAll('\n', '\r\n'))).toEqual(parseClearsigned(document))
    expect(parseClearsigned(`\n\n${document}\n\n`)).toEqual(parseClearsigned(document))
  })

  it('takes an empty text, several hashes, and no header at all', () => {
    expect(parseClearsigned(signed(''))).toMatchObject({ text: '' })
    expect(parseClearsigned(signed('a\n', { headers: 'Hash: SHA256, SHA512\n' }))?.text).toBe('a\n')
    expect(parseClearsigned(signed('a\n', { headers: '' }))?.text).toBe('a\n')
  })

  it('knows a document that is not signed', () => {
    for (const text of ['', '\n', 'Origin: x\n', '- dash\n']) {
      expect(parseClearsigned(text)).toBeUndefined()
      expect(takeOffSignature(text)).toBe(text)
    }
  })

  it.each([
    ['text before it', signed('a\n', { before: 'Origin: evil\n\n' }), /before the signed text/],
    ['text after it', signed('a\n', { after: 'Origin: evil\n' }), /after the signature/],
    ['a second document', signed('a\n', { after: signed('b\n') }), /after the signature/],
    ['another header', signed('a\n', { headers: 'Origin: evil\n' }), /only “Hash:” may stand/],
    [
      'a header after Hash',
      signed('a\n', { headers: 'Hash: SHA512\nNotDashEscaped: yes\n' }),
      /only “Hash:”/,
    ],
    ['a hash header with more in it', signed('a\n', { headers: 'Hash: SHA512; evil\n' }), /only “Hash:”/],
    ['a dash that is not escaped', signed('-dash\n'), /must be escaped/],
    ['a frame in the text', signed('-----BEGIN PGP SIGNED MESSAGE-----\n'), /must be escaped/],
    ['no signature', '-----BEGIN PGP SIGNED MESSAGE-----\n\na\n', /no signature after it/],
    ['no end', signed('a\n').replace(/-----END.*\n/, ''), /has no end/],
    ['nothing but the first line', '-----BEGIN PGP SIGNED MESSAGE-----', /only “Hash:”/],
    ['too much of a signature', signed('a\n').replace('aGVs', `${'a\n'.repeat(40_000)}`), /larger than/],
  ])('refuses %s', (_, document, reason) => {
    expect(() => parseClearsigned(document)).toThrow(reason)
    expect(() => takeOffSignature(document)).toThrow(reason)
  })

  it('takes a line of millions of spaces as any other', () => {
    const line = `a${' '.repeat(4_000_000)}b`
    expect(parseClearsigned(signed(`${line}\n`))?.text).toBe(`${line}\n`)
    expect(parseClearsigned(`${line}\n`)).toBeUndefined()
  })

  it('gives back every text, without white space at the ends of its lines', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '-', ' ', '\t', 'é', ':', '.') })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) => {
        const escaped = lines.map((one) => (one.startsWith('-') ? `- ${one}` : one))
        const text = parseClearsigned(signed(`${escaped.join('\n')}\n`))?.text
        expect(text).toBe(lines.map((one) => `${one.replace(/[ \t]+$/, '')}\n`).join(''))
      }),
    )
  })
})
