import ipaddr from 'ipaddr.js'

const IPV4_BITS = 24
const IPV6_BITS = 56

/**
 * The network a client is in, which says who asked without keeping who exactly: /24 of an IPv4 address, /56 of an IPv6
 * one. An IPv4 address in IPv6 clothes counts as IPv4.
 * @returns such as `192.0.2.0/24`; `unknown` for anything that is not an address (a socket that is gone has none).
 */
export function clientNetwork(address: string | undefined): string {
  const bare = address?.replace(/%.*$/, '')
  if (bare === undefined || !ipaddr.isValid(bare)) return 'unknown'
  const parsed = ipaddr.process(bare)
  const bits = parsed.kind() === 'ipv4' ? IPV4_BITS : IPV6_BITS
  const bytes = parsed.toByteArray().map((byte, index) => (index < bits / 8 ? byte : 0))
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`
}
