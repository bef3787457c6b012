import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clientNetwork } from '@/server/http/client-network'

it.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['127.0.0.1', '127.0.0.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2ff:3:4:5:6', '2001:db8:1:200::/56'],
  ['::1', '::/56'],
  ['fe80::1%eth0', 'fe80::/56'],
  [undefined, 'unknown'],
  ['', 'unknown'],
  ['somewhere', 'unknown'],
])('%s is in %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network)
})

it('does not tell the clients of a network apart', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(255), (address, last) => {
      const neighbour = address.replace(/\d+$/, String(last))
      expect(clientNetwork(neighbour)).toBe(clientNetwork(address))
    }),
  )
})
