import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAuthority, targetInTunnel, tunnelTo } from '@/server/proxy/target'

describe('host and port', () => {
  it.each([
    ['example.org:443', 'example.org', 443],
    ['EXAMPLE.org.:8080', 'example.org', 8080],
    ['192.0.2.7:80', '192.0.2.7', 80],
    ['[2001:DB8:0::7]:443', '2001:db8::7', 443],
    ['xn--bcher-kva.example:1', 'xn--bcher-kva.example', 1],
    ['example.org:65535', 'example.org', 65535],
  ])('are read from %s', (text, host, port) => {
    expect(parseAuthority(text)).toEqual({ host, port })
  })

  it.each([
    '',
    ':443',
    'example.org',
    'example.org:',
    'example.org:0',
    'example.org:65536',
    'example.org:443443',
    'example.org:x',
    'example.org:-1',
    'user@example.org:443',
    'example.org:443/path',
    'http://example.org:443',
    '2001:db8::7:443',
    '[2001:db8::7]',
    '[example.org]:443',
    '127.1:80',
    '0x7f000001:80',
    'exa mple.org:443',
    'example.org:443\r\n',
  ])('are not read from %j', (text) => {
    expect(parseAuthority(text)).toBeUndefined()
  })

  it('may leave the port to the scheme where one is known', () => {
    expect(parseAuthority('example.org', 443)).toEqual({ host: 'example.org', port: 443 })
  })

  it('are read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const read = parseAuthority(text, 80)
        if (read !== undefined) expect(parseAuthority(tunnelTo(read, 'http').authority, 80)).toEqual(read)
      }),
    )
  })
})

describe('a tunnel', () => {
  it.each([
    [{ host: 'example.org', port: 443 }, 'https', 'https://example.org'],
    [{ host: 'example.org', port: 8443 }, 'https', 'https://example.org:8443'],
    [{ host: 'example.org', port: 80 }, 'http', 'http://example.org'],
    [{ host: 'example.org', port: 443 }, 'http', 'http://example.org:443'],
    [{ host: '2001:db8::7', port: 443 }, 'https', 'https://[2001:db8::7]'],
  ] as const)('to %j over %s is to %s', (destination, scheme, origin) => {
    expect(tunnelTo(destination, scheme).origin).toBe(origin)
  })
})

describe('requests in a tunnel to example.org:443', () => {
  const tunnel = tunnelTo({ host: 'example.org', port: 443 }, 'https')
  const misdirected = expect.objectContaining({ fault: 'misdirected' })
  const malformed = expect.objectContaining({ fault: 'malformed' })

  it.each([
    ['/a?b', { host: 'example.org' }, { url: 'https://example.org/a?b' }],
    ['/a', { host: 'example.org:443' }, { url: 'https://example.org/a' }],
    ['/a', { host: 'EXAMPLE.ORG' }, { url: 'https://example.org/a' }],
    ['/a', { authority: 'example.org' }, { url: 'https://example.org/a' }],
    ['/a', { authority: 'example.org', host: 'example.org:443' }, { url: 'https://example.org/a' }],
    ['https://example.org/a', { host: 'example.org' }, { url: 'https://example.org/a' }],
    ['/a', { host: 'example.net' }, misdirected],
    ['/a', { host: 'example.org:80' }, misdirected],
    ['/a', { host: 'example.org.evil.test' }, misdirected],
    ['/a', { host: 'example.org, example.net' }, misdirected],
    ['/a', { host: '' }, misdirected],
    ['/a', { authority: 'example.org', host: 'example.net' }, misdirected],
    ['/a', { authority: 'example.net', host: 'example.org' }, misdirected],
    ['/a', {}, malformed],
    ['https://example.net/a', { host: 'example.org' }, malformed],
    ['http://example.org/a', { host: 'example.org' }, malformed],
    ['https://example.org@example.net/a', { host: 'example.org' }, malformed],
    ['*', { host: 'example.org' }, malformed],
    ['a', { host: 'example.org' }, malformed],
  ])('%s with %j', (target, fields, expected) => {
    expect(targetInTunnel(target, fields, tunnel)).toEqual(expected)
  })

  it('are all misdirected when the handshake named another host', () => {
    const mismatched = { ...tunnel, nameMismatch: true }
    expect(targetInTunnel('/a', { host: 'example.org' }, mismatched)).toEqual(misdirected)
  })
})
