import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { Leaves } from '@/server/proxy/leaves'
import { canonicalHost, type Destination } from '@/server/proxy/target'

interface SecureEntry {
  socket: TLSSocket
  /** The client chose HTTP/2. */
  isHttp2: boolean
  /** The client named another host in the handshake than in CONNECT. */
  nameMismatch: boolean
}

/** From the first byte of the handshake to its end. */
const HANDSHAKE_MS = 10_000

/**
 * Ends the TLS of a tunnel here, under a leaf for the name that the client expects: the one in its handshake, or that of
 * CONNECT when there is none, as with addresses (RFC 6066 §3). A wrong name gets its leaf as well, so that the client can be
 * told in HTTP what is wrong.
 * @returns undefined when the client gave up, or sent what is no handshake; the socket is destroyed then.
 */
export async function secureEntry(
  socket: Socket,
  destination: Destination,
  leaves: Pick<Leaves, 'secureContext'>,
): Promise<SecureEntry | undefined> {
  const secureContext = await leaves.secureContext(destination.host)
  let nameMismatch = false
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext,
    // curl --http1.0 names the last one.
    ALPNProtocols: ['h2', 'http/1.1', 'http/1.0'],
    SNICallback(name: string, done: (error: Error | null, context?: SecureContext) => void) {
      if (canonicalHost(name) === destination.host) return done(null)
      nameMismatch = true
      leaves.secureContext(name).then((context) => done(null, context), done)
    },
  })
  secure.on('error', () => secure.destroy())
  const isSecure = await handshake(secure)
  return isSecure ? { socket: secure, isHttp2: secure.alpnProtocol === 'h2', nameMismatch } : undefined
}

function handshake(secure: TLSSocket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => secure.destroy(), HANDSHAKE_MS)
    const settle = (isSecure: boolean) => {
      clearTimeout(timer)
      resolve(isSecure)
    }
    secure.once('secure', () => settle(true))
    secure.once('close', () => settle(false))
  })
}
