import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { toAppError } from '@/server/errors'
import type { Answer } from '@/server/http/answer'
import { limits } from '@/server/http/hardened-server'
import { ambiguityOf, readFields } from '@/server/http/request-fields'
import type { Logger } from '@/server/logger'
import type { Leaves } from '@/server/proxy/leaves'
import type { ProxyCredentials } from '@/server/proxy/proxy-credentials'
import { type Refusal, renderRefusal } from '@/server/proxy/refusal'
import { type Destination, parseAuthority, type Tunnel, tunnelTo } from '@/server/proxy/target'
import { secureEntry } from '@/server/proxy/tls-entry'

/** What is known of a connection inside a tunnel, by those who answer its requests. */
export interface TunnelState {
  tunnel: Tunnel
  /** Id of the team that the CONNECT spoke for. */
  team: string
}

const stateKey = Symbol('tunnel')
type TunnelSocket = Socket & { [stateKey]?: TunnelState }

/** The tunnel that a connection came through; undefined for one that came directly. */
export function tunnelOf(socket: Socket): TunnelState | undefined {
  return (socket as TunnelSocket)[stateKey]
}

interface Parts {
  credentials: Pick<ProxyCredentials, 'identify'>
  leaves: Pick<Leaves, 'secureContext'>
  log: Logger
  /** Takes over a connection that speaks HTTP/1.1 from here on. */
  acceptHttp1(socket: Socket): void
  acceptHttp2(socket: TLSSocket): void
}

interface Connector {
  /** Takes a CONNECT request; the socket is its from then on. */
  connect(request: IncomingMessage, socket: Socket, head: Buffer): void
  /** Ends tunnels in which nothing has been asked yet. */
  close(): void
}

/** RFC 9110 §9.3.6: a tunnel leads to one host, and there is nothing further inside. */
export function refuseNested(socket: Socket): void {
  socket.write('HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n\r\n')
  socket.destroySoon()
}

/** The first byte of a TLS record that holds a handshake (RFC 8446 §5.1); no HTTP method starts with it. */
const TLS_HANDSHAKE = 0x16

/**
 * Answers CONNECT in this process: the client is told that it is connected, and talks to us. Nothing is ever dialled, so a
 * tunnel leads nowhere but to what is stored, whatever address it names.
 */
export function openConnector(parts: Parts): Connector {
  const waiting = new Set<Socket>()
  const enter = async (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const admitted = await admit(parts, request)
    if ('status' in admitted)
      return writeRefusal(socket, renderRefusal(admitted, readFields(request.rawHeaders).accept))
    const { team, ...destination } = admitted
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    const first = await firstByte(socket)
    if (first === undefined) return
    if (first === TLS_HANDSHAKE) return enterSecurely(parts, socket, { destination, team })
    mark(socket, { tunnel: tunnelTo(destination, 'http'), team })
    parts.acceptHttp1(socket)
  }
  return {
    connect(request, socket, head) {
      waiting.add(socket)
      socket.on('error', () => socket.destroy())
      enter(request, socket, head)
        .catch((error) => {
          parts.log.error({ err: error }, 'a tunnel failed')
          socket.destroy()
        })
        .finally(() => waiting.delete(socket))
    },
    close() {
      for (const socket of waiting) socket.destroy()
    },
  }
}

/** Where a CONNECT may lead and for whom, or why it may not. */
async function admit(
  { credentials, leaves }: Parts,
  request: IncomingMessage,
): Promise<(Destination & { team: string }) | Refusal> {
  const fields = readFields(request.rawHeaders)
  const fault = ambiguityOf(fields)
  if (fault !== undefined) return { status: 400, code: 'malformed', reason: fault }
  const identity = await credentials.identify(fields.proxyAuthorization)
  if ('refusal' in identity) return identity.refusal
  const destination = parseAuthority(request.url ?? '')
  if (destination === undefined) {
    const reason = 'CONNECT needs a host and a port, such as example.org:443.'
    return { status: 400, code: 'invalid_authority', reason }
  }
  try {
    // Now, while the client can still be told why it does not work.
    await leaves.secureContext(destination.host)
  } catch (error) {
    return { status: 503, code: 'no_authority', reason: toAppError(error).message, retryAfter: 60 }
  }
  return { ...destination, team: identity.team }
}

async function enterSecurely(
  parts: Parts,
  socket: Socket,
  { destination, team }: { destination: Destination; team: string },
): Promise<void> {
  const entry = await secureEntry(socket, destination, parts.leaves)
  if (entry === undefined) return
  const tunnel = { ...tunnelTo(destination, 'https'), nameMismatch: entry.nameMismatch }
  mark(entry.socket, { tunnel, team })
  if (entry.isHttp2) parts.acceptHttp2(entry.socket)
  else parts.acceptHttp1(entry.socket)
}

function mark(socket: Socket, state: TunnelState): void {
  const marked: TunnelSocket = socket
  marked[stateKey] = state
}

/** The first byte that the client sends, left in the socket; undefined when it sends none in time or goes away. */
function firstByte(socket: Socket): Promise<number | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), limits.headers)
    const settle = (byte: number | undefined) => {
      clearTimeout(timer)
      socket.off('readable', read)
      socket.off('close', gone)
      resolve(byte)
    }
    const gone = () => settle(undefined)
    const read = () => {
      const chunk: Buffer | null = socket.read(1)
      if (chunk === null) return
      socket.unshift(chunk)
      settle(chunk[0])
    }
    socket.on('readable', read)
    socket.on('close', gone)
    read()
  })
}

/** Node has no response for CONNECT: the answer is written as bytes, and the connection ends. */
function writeRefusal(socket: Socket, { status, headers, body }: Answer): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`]
  for (let index = 0; index + 1 < headers.length; index += 2)
    lines.push(`${headers[index]}: ${headers[index + 1]}`)
  socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1')
  socket.write(body as Buffer)
  // Not `end`: a client that does not close its side would keep the connection.
  socket.destroySoon()
}
