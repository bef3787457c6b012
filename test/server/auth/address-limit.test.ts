import { describe, expect, it } from 'vitest'
import { AddressLimit } from '@/server/auth/address-limit'

const at = (seconds: number) => new Date(seconds * 1000)

describe('AddressLimit', () => {
  it('refuses after so many failures, until the window ends', () => {
    const limit = new AddressLimit({ failures: 3, seconds: 60 })
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(limit.take('192.0.2.1', at(attempt))).toBeUndefined()
    expect(limit.take('192.0.2.1', at(10))).toBe(50)
    expect(limit.take('192.0.2.2', at(10))).toBeUndefined()
    expect(limit.take('192.0.2.1', at(60))).toBeUndefined()
  })

  it('does not count right passwords', () => {
    const limit = new AddressLimit({ failures: 1, seconds: 60 })
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect(limit.take('192.0.2.1', at(0))).toBeUndefined()
      limit.giveBack('192.0.2.1')
    }
  })

  it('takes the addresses of one IPv6 /64 for one client, and mapped IPv4 for IPv4', () => {
    const limit = new AddressLimit({ failures: 1, seconds: 60 })
    expect(limit.take('2001:db8::1', at(0))).toBeUndefined()
    expect(limit.take('2001:db8::ffff:2', at(0))).toBe(60)
    expect(limit.take('2001:db8:0:1::1', at(0))).toBeUndefined()
    expect(limit.take('192.0.2.1', at(0))).toBeUndefined()
    expect(limit.take('::ffff:192.0.2.1', at(0))).toBe(60)
  })

  it('holds a bounded number of addresses', () => {
    const limit = new AddressLimit({ failures: 1, seconds: 60 })
    expect(limit.take('192.0.2.1', at(0))).toBeUndefined()
    for (let i = 0; i < 10_000; i += 1) limit.take(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, at(0))
    expect(limit.take('192.0.2.1', at(0))).toBeUndefined()
  })
})
