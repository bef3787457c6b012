import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { appendPeer, clientAddress } from '@/server/auth/client-address'

const forwarded = (value?: string) => new Headers(value === undefined ? {} : { 'x-forwarded-for': value })

describe('clientAddress', () => {
  it.each([
    ['the peer, when nobody is trusted', '203.0.113.9, 198.51.100.7', [], '198.51.100.7'],
    ['the one before the trusted proxies', '203.0.113.9, 10.0.0.2, 10.0.0.1', ['10.0.0.0/8'], '203.0.113.9'],
    ['not what the client claims', '1.1.1.1, 203.0.113.9, 10.0.0.1', ['10.0.0.0/8'], '203.0.113.9'],
    ['a proxy itself, when only proxies speak', '10.0.0.2, 10.0.0.1', ['10.0.0.0/8'], '10.0.0.2'],
    ['a single trusted address', '203.0.113.9, 10.0.0.1', ['10.0.0.1'], '203.0.113.9'],
    ['IPv6', '2001:db8::9, fd00::1', ['fd00::/8'], '2001:db8::9'],
    ['no garbage', 'unknown, <script>', [], 'unknown'],
  ])('is %s', (_, header, trusted, address) =>
    expect(clientAddress(forwarded(header), trusted)).toBe(address),
  )

  it('is unknown without the header', () => expect(clientAddress(forwarded(), [])).toBe('unknown'))
})

describe('appendPeer', () => {
  it.each([
    [undefined, '192.0.2.1'],
    ['203.0.113.9', '203.0.113.9, 192.0.2.1'],
    ['203.0.113.9, 10.0.0.1', '203.0.113.9, 10.0.0.1, 192.0.2.1'],
  ])('after %s', (claimed, expected) => {
    const headers = { 'x-forwarded-for': claimed }
    appendPeer({ headers, socket: { remoteAddress: '192.0.2.1' } } as unknown as IncomingMessage)
    expect(headers['x-forwarded-for']).toBe(expected)
  })
})
