import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { parseHostName } from '@/server/proxy/host-name'

const label63 = 'a'.repeat(63)

describe('parseHostName', () => {
  it.each([
    ['example.org', 'example.org'],
    ['EXAMPLE.Org', 'example.org'],
    ['example.org.', 'example.org'],
    ['localhost', 'localhost'],
    ['my_bucket.example.org', 'my_bucket.example.org'],
    ['1password.example', '1password.example'],
    ['a--b.example', 'a--b.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER。example', 'xn--bcher-kva.example'],
    ['пример.example', 'xn--e1afmkfd.example'],
    [`${label63}.example`, `${label63}.example`],
  ])('reads the name %s', (text, name) => {
    expect(parseHostName(text)).toEqual({ kind: 'dns', name })
  })

  it.each([
    ['192.0.2.1', '192.0.2.1', 'c0000201'],
    ['2001:DB8:0:0::1', '2001:db8::1', '20010db8000000000000000000000001'],
    ['[2001:db8::1]', '2001:db8::1', '20010db8000000000000000000000001'],
    ['::ffff:192.0.2.1', '::ffff:c000:201', '00000000000000000000ffffc0000201'],
  ])('reads the address %s', (text, name, octets) => {
    expect(parseHostName(text)).toEqual({ kind: 'ip', name, octets: Buffer.from(octets, 'hex') })
  })

  it.each([
    '',
    '.',
    '.example.org',
    'example..org',
    'example.org..',
    '-a.example',
    'a-.example',
    'a b.example',
    'a\0.example',
    'example.org\n',
    'user@example.org',
    'example.org:443',
    'example.org/x',
    '*.example.org',
    'ex%41mple.org',
    'b%41ü.example',
    'bü@cher.example',
    `${label63}a.example`,
    Array.from({ length: 100 }, () => 'ab').join('.'),
    'ü'.repeat(300),
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '0x7f.1',
    '0x7f000001',
    '１２７.0.0.1',
    '[192.0.2.1]',
    '[::1',
    'fe80::1%eth0',
  ])('refuses %j', (text) => {
    expect(() => parseHostName(text)).toThrow(AppError)
  })

  it('gives a name that it reads back unchanged, whatever text it accepts', () => {
    const hosts = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6(),
      fc.webAuthority(),
      fc.string({ unit: 'grapheme' }),
    )
    fc.assert(
      fc.property(hosts, (text) => {
        const host = parseOrRefuse(text)
        if (host === undefined) return
        expect(parseHostName(host.name)).toEqual(host)
        expect(host.kind === 'ip').toBe(isIP(host.name) !== 0)
        expect(host.name).toMatch(/^[a-z0-9._:-]{1,253}$/)
      }),
      { numRuns: 2000 },
    )
  })
})

function parseOrRefuse(text: string): ReturnType<typeof parseHostName> | undefined {
  try {
    return parseHostName(text)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
