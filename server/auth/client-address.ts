import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'

/** Adds the peer of the socket to `X-Forwarded-For`: the one entry that nobody can make up. For the web server. */
export function appendPeer({ headers, socket }: IncomingMessage): void {
  const claimed = headers['x-forwarded-for']
  headers['x-forwarded-for'] = [claimed ?? [], socket.remoteAddress ?? 'unknown'].flat().join(', ')
}

/**
 * The address of the client behind trusted reverse proxies: of `X-Forwarded-For`, the last entry that no trusted proxy
 * wrote about another trusted proxy. The web server appends the peer of its socket (`appendPeer`), so the last entry is
 * always first-hand.
 * @param trusted CIDRs of reverse proxies.
 * @returns `unknown` when nothing usable is there: all such requests share one rate limit.
 */
export function clientAddress(headers: Headers, trusted: readonly string[]): string {
  const chain = (headers.get('x-forwarded-for') ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => ipaddr.isValid(entry))
  const stranger = chain.findLast((entry) => !isTrusted(entry, trusted))
  return stranger ?? chain[0] ?? 'unknown'
}

/** Whether an address is that of a trusted reverse proxy. @param trusted CIDRs. */
export function isTrusted(address: string, trusted: readonly string[]): boolean {
  return ipaddr.isValid(address) && trusted.some((cidr) => contains(cidr, address))
}

function contains(cidr: string, address: string): boolean {
  const range = cidr.includes('/') ? ipaddr.parseCIDR(cidr) : hostRange(cidr)
  const parsed = ipaddr.process(address)
  return parsed.kind() === range[0].kind() && parsed.match(range)
}

function hostRange(address: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const parsed = ipaddr.parse(address)
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128]
}
