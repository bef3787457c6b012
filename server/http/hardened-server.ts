import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Bounds of a server that anybody can reach. Times in milliseconds. */
export const limits = {
  /** All header fields of a request, in bytes. */
  headerSize: 16 * 1024,
  /** From the first byte of a connection, or the end of the answer before, to the end of the header. */
  headers: 10_000,
  /** The same, to the end of the body. */
  request: 30_000,
  /** Between two requests. */
  keepAlive: 75_000,
  /** A connection on which nothing moves although an answer is under way. */
  stalled: 120_000,
  /** How late a time-out may be noticed. */
  check: 2_500,
  connections: 16_384,
  /** Requests under way when the server closes have this long to finish. */
  drain: 10_000,
} as const

export interface HttpServer {
  /** For what is special to a surface, such as CONNECT. */
  readonly server: Server
  readonly port: number
  /** Accepts no more, lets requests finish for `limits.drain`, then ends every connection. */
  close(): Promise<void>
}

interface Options {
  host: string
  /** 0 for any. */
  port: number
  /**
   * Requests may bring bodies: how long a whole request may take, in milliseconds, and that whoever handles one says
   * “100 Continue” itself (`handle` is called for those that wait for it as well). Otherwise a body is never wanted.
   */
  bodies?: { requestTimeout: number }
}

/** Listens for HTTP/1.1 with Node's strict parser and every bound set; nothing a client sends ends the process. */
export async function openHttpServer(
  { host, port, bodies }: Options,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<HttpServer> {
  const requestTimeout = bodies?.requestTimeout ?? limits.request
  const server = createServer(
    {
      insecureHTTPParser: false,
      requireHostHeader: true,
      maxHeaderSize: limits.headerSize,
      // Node takes no server whose requests may be shorter than their headers.
      headersTimeout: Math.min(limits.headers, requestTimeout),
      requestTimeout,
      keepAliveTimeout: limits.keepAlive,
      connectionsCheckingInterval: limits.check,
      noDelay: true,
    },
    handle,
  )
  server.timeout = limits.stalled
  server.maxConnections = limits.connections
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Node's own listener comes and goes with the parser; a reset in between must find one.
    socket.on('error', () => socket.destroy())
  })
  server.on('clientError', answerBadClient)
  // Not asked for before it is wanted: a refusal comes at once.
  server.on('checkContinue', handle)
  await listening(server, { host, port })
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: () => drain(server, sockets),
  }
}

function listening(server: Server, { host, port }: Options): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

const badClient: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/**
 * Says once what was wrong, and ends the connection: after bytes that could not be read nobody knows where the next
 * request begins. Nothing is said where an answer may be under way, for it would become a part of that answer.
 */
function answerBadClient(error: NodeJS.ErrnoException, socket: Duplex): void {
  const written = (socket as Socket).bytesWritten
  if (!socket.writable || written > 0 || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = badClient[error.code ?? ''] ?? '400 Bad Request'
  const text = `${status.slice(4)}\n`
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${text.length}`
  socket.end(`${head}\r\nConnection: close\r\n\r\n${text}`, () => socket.destroy())
}

async function drain(server: Server, sockets: Set<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const end = Date.now() + limits.drain
  // Connections become idle one by one, as their answers end.
  const idle = setInterval(() => {
    server.closeIdleConnections()
    if (Date.now() >= end) for (const socket of sockets) socket.destroy()
  }, 50)
  server.closeIdleConnections()
  await closed
  clearInterval(idle)
}
