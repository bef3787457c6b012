import { clientAddress, isTrusted } from '@/server/auth/client-address'
import type { Env } from '@/server/env'

/** Where a client believes to be: what it typed, and must be told to go back to. */
export interface Origin {
  scheme: 'http' | 'https'
  /** `host[:port]`, of characters that need no quoting anywhere. */
  host: string
}

/** What a request says of where it was sent to; every field as it came, from strangers. */
export interface RequestHead {
  host: string | undefined
  forwardedHost?: string | undefined
  forwardedProto?: string | undefined
  /** Address of the other end of the connection. */
  peer: string
  /** The connection itself is TLS. */
  isEncrypted?: boolean
}

/** A name, an IPv4 address or an IPv6 address in brackets, and a port. */
const HOST = /^([a-z0-9]([a-z0-9._-]{0,252})|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i

/**
 * The origin under which the client knows us. What X-Forwarded-Host and X-Forwarded-Proto say counts only when the peer is
 * one of ENTREPOT_TRUSTED_PROXIES, and of several values the last, which that peer wrote. A host that is that of
 * ENTREPOT_PUBLIC_URL has its scheme. A Host that is no host is answered with ENTREPOT_PUBLIC_URL, or `localhost`.
 */
export function originOf(
  head: RequestHead,
  env: Pick<Env, 'ENTREPOT_TRUSTED_PROXIES' | 'ENTREPOT_PUBLIC_URL'>,
): Origin {
  const isBehind = isTrusted(head.peer, env.ENTREPOT_TRUSTED_PROXIES)
  const forwarded = isBehind ? lastOf(head.forwardedHost) : undefined
  const url = env.ENTREPOT_PUBLIC_URL === undefined ? undefined : new URL(env.ENTREPOT_PUBLIC_URL)
  const host =
    [forwarded, head.host, url?.host].find((each) => each !== undefined && HOST.test(each)) ?? 'localhost'
  const proto = isBehind ? lastOf(head.forwardedProto)?.toLowerCase() : undefined
  if (proto === 'http' || proto === 'https') return { scheme: proto, host }
  if (head.isEncrypted) return { scheme: 'https', host }
  return { scheme: url?.protocol === 'https:' && isSameHost(url, host) ? 'https' : 'http', host }
}

function isSameHost(url: URL, host: string): boolean {
  return url.host === host.toLowerCase().replace(/:443$/, '')
}

function lastOf(list: string | undefined): string | undefined {
  const last = list?.split(',').at(-1)?.trim()
  return last === '' ? undefined : last
}

/** The client's address behind trusted reverse proxies, for limits on failures. @param peer as in `RequestHead`. */
export function addressOf(
  forwardedFor: string | undefined,
  peer: string,
  env: Pick<Env, 'ENTREPOT_TRUSTED_PROXIES'>,
): string {
  const chain = forwardedFor === undefined ? peer : `${forwardedFor}, ${peer}`
  return clientAddress(new Headers({ 'x-forwarded-for': chain }), env.ENTREPOT_TRUSTED_PROXIES)
}
