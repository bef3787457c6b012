import { toAppError } from '@/server/errors'
import type { RequestFields } from '@/server/http/request-fields'
import { parseHostName } from '@/server/proxy/host-name'

/** Where a CONNECT leads: what every request inside it must be for. */
export interface Destination {
  /** Canonical; IPv6 without brackets. */
  host: string
  port: number
}

/** A destination once its first byte has shown which protocol it speaks. */
export interface Tunnel extends Destination {
  scheme: 'http' | 'https'
  /** Such as `https://example.org:8443`; the port is left out where it is the scheme's own. */
  origin: string
  /** What a client's Host field says when it is written plainly: the origin without its scheme. */
  authority: string
  /** The name in the TLS handshake was another one. */
  nameMismatch: boolean
}

type Target = { url: string } | { fault: 'misdirected' | 'malformed'; reason: string }

const DEFAULT_PORTS = { http: 80, https: 443 } as const
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]@/?#\s]+)(?::(\d{1,5}))?$/

/**
 * Reads `host:port` (RFC 9110 §7.2, RFC 9112 §3.2.3).
 * @param defaultPort used when there is no port; without it a port is required, as CONNECT does.
 * @returns undefined for anything else, user information included.
 */
export function parseAuthority(text: string, defaultPort?: number): Destination | undefined {
  const match = AUTHORITY.exec(text)
  const port = match?.[2] === undefined ? defaultPort : Number(match[2])
  if (match?.[1] === undefined || port === undefined || port < 1 || port > 65535) return undefined
  const host = canonicalHost(match[1])
  return host === undefined ? undefined : { host, port }
}

/** The one spelling of a host; undefined when it is none. */
export function canonicalHost(text: string): string | undefined {
  try {
    return parseHostName(text).name
  } catch (error) {
    if (toAppError(error).code === 'invalid') return undefined
    throw error
  }
}

/** The tunnel to a destination, now that its protocol is known. */
export function tunnelTo({ host, port }: Destination, scheme: Tunnel['scheme']): Tunnel {
  const name = host.includes(':') ? `[${host}]` : host
  const authority = port === DEFAULT_PORTS[scheme] ? name : `${name}:${port}`
  return { host, port, scheme, authority, origin: `${scheme}://${authority}`, nameMismatch: false }
}

/**
 * The URL that a request inside a tunnel is for. CONNECT, the name in the TLS handshake, and Host or `:authority` must all
 * say the same, or else one client could ask for the files of one host under the certificate of another (RFC 9110 §7.4).
 * @param requestTarget in origin or absolute form.
 */
export function targetInTunnel(requestTarget: string, fields: RequestFields, tunnel: Tunnel): Target {
  const { authority = fields.host, host = authority } = fields
  if (authority === undefined || host === undefined) return malformed('The request names no host.')
  const agree = tunnel.nameMismatch ? false : isFor(authority, tunnel) && isFor(host, tunnel)
  if (!agree) {
    return {
      fault: 'misdirected',
      reason: `This connection was opened for ${tunnel.authority}; the request is for another host.`,
    }
  }
  if (requestTarget.startsWith('/')) return { url: tunnel.origin + requestTarget }
  const absolute = /^(https?):\/\/([^/?#]*)/i.exec(requestTarget)
  if (absolute?.[1]?.toLowerCase() !== tunnel.scheme || !isFor(absolute[2] ?? '', tunnel)) {
    return malformed('The request target is neither a path nor a URL of this host.')
  }
  return { url: requestTarget }
}

function isFor(text: string, tunnel: Tunnel): boolean {
  if (text === tunnel.authority) return true
  const named = parseAuthority(text, DEFAULT_PORTS[tunnel.scheme])
  return named !== undefined && named.host === tunnel.host && named.port === tunnel.port
}

function malformed(reason: string): Target {
  return { fault: 'malformed', reason }
}
