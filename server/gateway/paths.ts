const PREFIXES = ['/v2/', '/files/sha256/', '/apt/', '/upload/', '/archive/']
const PAGES = new Set([
  '/v2',
  '/dmove',
  '/ca.crt',
  '/ca.der',
  '/proxy.pac',
  '/healthz',
  '/readyz',
  '/metrics',
])

/**
 * Whether a request is for the gateway, on whichever port it comes: the portal's server takes these paths past Next.
 * @param target path and query.
 */
export function isGatewayTarget(target: string): boolean {
  if (PREFIXES.some((prefix) => target.startsWith(prefix))) return true
  const end = target.indexOf('?')
  return PAGES.has(end < 0 ? target : target.slice(0, end))
}
