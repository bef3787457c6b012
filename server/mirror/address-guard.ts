import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** All that the Internet may route to in IPv6 (RFC 4291 §2.4, RFC 3587 §3); the rest is unassigned. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')
/** RFC 6052 §2.1: where a NAT64 network puts all of IPv4. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')
/** Public addresses that answer with the secrets of the machine that asks: Azure's. Others lie in ranges that are refused. */
const METADATA = new Set(['168.63.129.16'])

/**
 * Whether a fetch may not connect to this address: private, loopback, link-local (with it the metadata services),
 * unique-local, carrier-grade NAT, multicast, broadcast, unspecified, reserved, or an IPv6 form that leads to an IPv4
 * address which is. Anything that is not an address is forbidden too. Source: the IANA special-purpose registries (RFC 6890).
 * @param ip as the resolver or the URL gives it.
 * @param allow CIDRs or single addresses let through all the same (`ENTREPOT_UPSTREAM_ALLOW`).
 */
export function isForbiddenAddress(ip: string, allow: readonly string[]): boolean {
  const bare = ip.replace(/%.*$/s, '')
  // isIP first: ipaddr.js also reads octal, hexadecimal and shortened forms.
  if (isIP(bare) === 0) return true
  const address = reached(ipaddr.parse(bare))
  if (isNamed(address, allow)) return false
  if (METADATA.has(address.toString())) return true
  if (address.range() !== 'unicast') return true
  return address instanceof ipaddr.IPv6 && !address.match(GLOBAL_IPV6)
}

/** Whether an administrator has named this address as one that fetches may reach: only there is plain HTTP trusted. */
export function isAllowedAddress(ip: string, allow: readonly string[]): boolean {
  const bare = ip.replace(/%.*$/s, '')
  return isIP(bare) !== 0 && isNamed(reached(ipaddr.parse(bare)), allow)
}

function isNamed(address: Address, allow: readonly string[]): boolean {
  return allow.some((cidr) => contains(cidr, address))
}

/** The address that answers: an IPv4 address written as mapped or NAT64 IPv6 is that IPv4 address. */
function reached(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  return address.match(NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address
}

function contains(cidr: string, address: Address): boolean {
  const [network = '', length] = cidr.split('/')
  const parsed = ipaddr.parse(network)
  if (parsed.kind() !== address.kind()) return false
  return address.match(parsed, length === undefined ? address.toByteArray().length * 8 : Number(length))
}
