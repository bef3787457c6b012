import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { isForbiddenAddress } from '@/server/mirror/address-guard'

describe('addresses that a fetch may not reach', () => {
  it.each([
    // IPv4: unspecified, private, shared, loopback, link-local, documentation, benchmarking, multicast, reserved, broadcast.
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.0.1',
    '169.254.169.254',
    '168.63.129.16',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    // IPv6: unspecified, loopback, link-local, site-local, unique-local, multicast, documentation, discard, unassigned.
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '4000::1',
    '::127.0.0.1',
    // IPv6 that leads to IPv4: mapped, translated, NAT64, local NAT64, 6to4, Teredo.
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:0:127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '2002:a00:1::1',
    '2002:5db8:d822::1',
    '2001:0:5ef5:79fd:0:fbff:f5ff:fffe',
    // Not addresses.
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '010.0.0.1',
    '1.2.3.4.5',
    '[::1]',
    '93.184.216.34 ',
  ])('%s', (ip) => {
    expect(isForbiddenAddress(ip, [])).toBe(true)
  })

  it.each([
    '93.184.216.34',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '2606:2800:220:1:248:1893:25c8:1946',
    '2a00:1450:4001::1',
    '::ffff:93.184.216.34',
    '64:ff9b::93.184.216.34',
  ])('%s is not one of them', (ip) => {
    expect(isForbiddenAddress(ip, [])).toBe(false)
  })
})

describe('what an administrator allows', () => {
  it.each([
    ['127.0.0.1', ['127.0.0.0/8'], false],
    ['127.0.0.1', ['10.0.0.0/8', '127.0.0.1'], false],
    ['127.0.0.1', ['127.0.0.2'], true],
    ['10.1.2.3', ['10.1.0.0/16'], false],
    ['10.2.2.3', ['10.1.0.0/16'], true],
    ['::1', ['::1/128'], false],
    ['::1', ['127.0.0.0/8'], true],
    ['fd12::1', ['fd00::/8'], false],
    ['::ffff:10.1.2.3', ['10.1.0.0/16'], false],
    ['64:ff9b::10.1.2.3', ['10.1.0.0/16'], false],
    ['169.254.169.254', ['0.0.0.0/0'], false],
    ['not an address', ['0.0.0.0/0', '::/0'], true],
  ])('%s with %j', (ip, allow, forbidden) => {
    expect(isForbiddenAddress(ip, allow)).toBe(forbidden)
  })
})

describe('for any address', () => {
  it('a spelling changes nothing, nor does mapping it into IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        const forbidden = isForbiddenAddress(ip, [])
        const octets = ipaddr.IPv4.parse(ip).toByteArray()
        const hex = octets.map((octet) => octet.toString(16).padStart(2, '0')).join('')
        expect(isForbiddenAddress(`::ffff:${ip}`, [])).toBe(forbidden)
        expect(isForbiddenAddress(`0:0:0:0:0:FFFF:${hex.slice(0, 4)}:${hex.slice(4)}`, [])).toBe(forbidden)
        expect(isForbiddenAddress(`64:ff9b::${hex.slice(0, 4)}:${hex.slice(4)}`, [])).toBe(forbidden)
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const parts = ipaddr.IPv6.parse(ip).parts
        const long = parts.map((part) => part.toString(16).padStart(4, '0').toUpperCase()).join(':')
        expect(isForbiddenAddress(long, [])).toBe(isForbiddenAddress(ip, []))
      }),
    )
  })

  it('nothing is thrown for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => typeof isForbiddenAddress(text, ['10.0.0.0/8']) === 'boolean'),
    )
  })
})
