import { lookup as systemLookup } from 'node:dns'
import { readFileSync } from 'node:fs'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { buildConnector, Client, type Dispatcher, ProxyAgent } from 'undici'
import type { Env } from '@/server/env'
import { AppError } from '@/server/errors'
import { isAllowedAddress, isForbiddenAddress } from '@/server/mirror/address-guard'
import { Wire } from '@/server/mirror/upstream-wire'

/** One connection for one request: nothing is kept between two requests, so each is guarded on its own. */
export interface Line {
  dispatcher: Dispatcher
  /** Absent behind an upstream proxy, which has its own connection to the file. */
  wire?: Wire
}

export interface UpstreamAgent {
  /**
   * A line to this host, to be connected by its first request. A connection to an address that fetches may not reach fails
   * with AppError `upstream_refused`, before a packet is sent there.
   * @param origin `scheme://host`, where host is as `parseUri` gives it.
   * @param reach `inside` for addresses of ENTREPOT_UPSTREAM_ALLOW alone: secrets go nowhere else over plain HTTP.
   */
  open(origin: string, reach?: Reach): Promise<Line>
}

export type Reach = 'anywhere' | 'inside'

/** Header fields of an answer may take this many bytes in all. */
const MAX_HEADER_BYTES = 32 * 1024
const CONNECT_SECONDS = 30

/** How names become addresses; the system's resolver unless a test brings another. */
export type Resolve = typeof systemLookup

const agents = new WeakMap<Env, UpstreamAgent>()

/** The agent for this environment; made once. @throws AppError `unavailable` when `ENTREPOT_UPSTREAM_CA` cannot be used. */
export function upstreamAgent(env: Env): UpstreamAgent {
  const known = agents.get(env)
  if (known) return known
  const agent = openUpstreamAgent(env)
  agents.set(env, agent)
  return agent
}

/**
 * How fetches reach the Internet. Directly, each name is resolved and every address of it checked at the moment of
 * connecting, and the connection goes to a checked address, so that no second look-up can lead elsewhere; server name and
 * Host header stay what the URI says. Through `ENTREPOT_UPSTREAM_PROXY` the proxy resolves and connects, so only addresses
 * in the URI itself and names that resolve here are checked: keep that proxy's own rules strict.
 */
export function openUpstreamAgent(env: Env, resolve: Resolve = systemLookup): UpstreamAgent {
  const secureContext = trust(env.ENTREPOT_UPSTREAM_CA)
  const timeout = Math.min(CONNECT_SECONDS, env.ENTREPOT_FETCH_STALL_SECONDS) * 1000
  const guardFor = (reach: Reach) => new Guard({ allow: env.ENTREPOT_UPSTREAM_ALLOW, resolve, reach })
  const proxy = env.ENTREPOT_UPSTREAM_PROXY
  if (proxy !== undefined) {
    const tls = { secureContext, timeout }
    const guard = guardFor('anywhere')
    return {
      async open(origin, reach = 'anywhere') {
        if (reach === 'inside') throw beyondSight(new URL(origin).hostname)
        await guard.checkBeforeProxy(new URL(origin).hostname)
        return {
          dispatcher: new ProxyAgent({
            uri: proxy,
            proxyTunnel: false,
            requestTls: tls,
            proxyTls: tls,
          }),
        }
      },
    }
  }
  const entries = { anywhere: guardFor('anywhere'), inside: guardFor('inside') }
  const connects = {
    anywhere: buildConnector({ secureContext, timeout, lookup: entries.anywhere.lookup }),
    inside: buildConnector({ secureContext, timeout, lookup: entries.inside.lookup }),
  }
  return {
    async open(origin, reach = 'anywhere') {
      const wire = new Wire()
      const connector = entries[reach].connector(connects[reach], wire)
      return { dispatcher: new Client(origin, { connect: connector, maxHeaderSize: MAX_HEADER_BYTES }), wire }
    },
  }
}

interface GuardTerms {
  allow: readonly string[]
  resolve: Resolve
  reach: Reach
}

class Guard {
  constructor(private readonly terms: GuardTerms) {}

  /** A look-up that fails when any address of the name is forbidden. What it gives is what is connected to. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.terms.resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const forbidden = error ? undefined : addresses.find(({ address }) => this.forbids(address))
      const first = error ? undefined : addresses[0]
      if (error || !first) callback(error ?? new Error('no address'), [])
      else if (forbidden) callback(unreachable(hostname, forbidden.address), [])
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }

  /** Literal addresses are never looked up, so they are checked here. */
  connector(connect: buildConnector.connector, wire: Wire): buildConnector.connector {
    return (options, callback) => {
      const refused = this.refusal(options.hostname)
      if (refused) return callback(refused, null)
      connect(options, (...[error, socket]: [Error, null] | [null, Socket]) => {
        if (error) return callback(error, null)
        wire.watch(socket)
        callback(null, socket)
      })
    }
  }

  async checkBeforeProxy(hostname: string): Promise<void> {
    const refused = this.refusal(hostname)
    if (refused) throw refused
    if (isIP(bare(hostname)) !== 0) return
    await new Promise<void>((settle, reject) => {
      this.lookup(hostname, { all: true }, (error) => {
        // A name that only the proxy can resolve is the proxy's to judge.
        if (error instanceof AppError) reject(error)
        else settle()
      })
    })
  }

  private refusal(hostname: string): AppError | undefined {
    const address = bare(hostname)
    return isIP(address) !== 0 && this.forbids(address) ? unreachable(address, address) : undefined
  }

  private forbids(address: string): boolean {
    const { allow, reach } = this.terms
    return reach === 'inside' ? !isAllowedAddress(address, allow) : isForbiddenAddress(address, allow)
  }
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function unreachable(name: string, address: string): AppError {
  const what = name === address ? `${address} is` : `${name} leads to ${address},`
  const message = `${what} an address inside a network, which fetches may not reach. An administrator can allow it.`
  return new AppError('upstream_refused', message, { detail: { address } })
}

function beyondSight(name: string): AppError {
  const message = `Behind the upstream proxy nobody can tell where ${name} is, so it is not asked over plain HTTP.`
  return new AppError('upstream_refused', message)
}

/** The certificate authorities that Node brings, and those of the file. Parsed once, not for each connection. */
function trust(path: string | undefined): SecureContext {
  if (path === undefined) return createSecureContext()
  try {
    return createSecureContext({ ca: [...rootCertificates, readFileSync(path, 'utf8')] })
  } catch (cause) {
    throw new AppError('unavailable', 'The file that ENTREPOT_UPSTREAM_CA names cannot be used.', { cause })
  }
}
