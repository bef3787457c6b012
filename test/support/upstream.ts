import { createCipheriv, createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { ServerIdentity } from '@/test/support/tls'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface Upstream {
  /** Such as `http://127.0.0.1:40123`. */
  origin: string
  /** What it was asked, in order. */
  requests: { method: string; url: string; headers: IncomingMessage['headers'] }[]
  /** How many connections were made to it. */
  connections: number
  /** Answers this path (with its query) by the handler from now on; returns the whole URL. */
  route(path: string, handler: Handler): string
  /** Ends all connections, and the server. */
  close(): Promise<void>
}

/**
 * A real upstream on the loopback, whose routes the test decides; what it does not know is 404.
 * @param tls speaks HTTPS with this identity.
 */
export async function startUpstream({
  tls,
  host = '127.0.0.1',
}: {
  tls?: ServerIdentity
  host?: string
} = {}): Promise<Upstream> {
  const routes = new Map<string, Handler>()
  const sockets = new Set<Socket>()
  const listener: RequestListener = (request, response) => {
    upstream.requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
    const handler = routes.get(request.url ?? '') ?? status(404)
    handler(request, response)
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  server.on('connection', (socket) => {
    upstream.connections += 1
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  const upstream: Upstream = {
    origin: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    requests: [],
    connections: 0,
    route(path, handler) {
      routes.set(path, handler)
      return `${upstream.origin}${path}`
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return upstream
}

/** Bytes that look random, and are the same for the same seed. */
export function sampleBytes(size: number, seed = 'sample'): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
}

type Headers = Record<string, string | number>

/** The whole file, as it should be. */
export function ok(bytes: Buffer, headers: Headers = {}): Handler {
  return (_request, response) =>
    response.writeHead(200, { 'content-length': bytes.length, ...headers }).end(bytes)
}

/** In chunks, with no length announced. */
export function chunked(bytes: Buffer, headers: Headers = {}): Handler {
  return (_request, response) => {
    response.writeHead(200, headers)
    response.write(bytes.subarray(0, bytes.length / 2))
    response.end(bytes.subarray(bytes.length / 2))
  }
}

/** Only this status, and a short text. */
export function status(code: number, headers: Headers = {}): Handler {
  return (_request, response) => response.writeHead(code, headers).end(`This is ${code}.`)
}

export function redirect(to: string, code = 302): Handler {
  return status(code, { location: to })
}

/** Another handler for each request; the last one for all that follow. */
export function inTurn(...handlers: [Handler, ...Handler[]]): Handler {
  let turn = 0
  return (request, response) => {
    const handler = handlers[Math.min(turn, handlers.length - 1)] as Handler
    turn += 1
    handler(request, response)
  }
}

/** Announces all, sends a part, and breaks the connection. */
export function truncated(bytes: Buffer, after: number, headers: Headers = {}): Handler {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length, ...headers })
    response.write(bytes.subarray(0, after), () => response.socket?.destroy())
  }
}

/** Announces less than it sends. `connection: close` in the headers makes it close when it is done. */
export function longer(announced: Buffer, excess: Buffer, headers: Headers = {}): Handler {
  return raw(
    Buffer.concat([head(200, { 'content-length': announced.length, ...headers }), announced, excess]),
  )
}

/** Sends a part, and then nothing more, for ever. */
export function stalling(bytes: Buffer, after: number, headers: Headers = {}): Handler {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length, ...headers })
    response.write(bytes.subarray(0, after))
  }
}

/** Sends without end, with no length announced. */
export function endless(): Handler {
  return (_request, response) => {
    response.writeHead(200)
    const chunk = Buffer.alloc(64 * 1024, 1)
    const go = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', go)
    go()
  }
}

/** More header fields than any answer has. */
export function headerFlood(bytes: number): Handler {
  const fields: Headers = {}
  for (let index = 0; index * 1000 < bytes; index += 1) fields[`x-flood-${index}`] = 'x'.repeat(1000)
  return raw(Buffer.concat([head(200, fields)]))
}

/** These bytes on the connection, whatever they are. */
export function raw(bytes: Buffer | string): Handler {
  return (request) => request.socket.write(bytes)
}

/** The whole file with no length announced: its end is the end of the connection. */
export function untilClosed(bytes: Buffer): Handler {
  return ({ socket }) => socket.end(Buffer.concat([head(200, { connection: 'close' }), bytes]))
}

/** The start of an answer, for `raw`. */
export function head(code: number, headers: Headers): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`HTTP/1.1 ${code} Whatever\r\n${lines.join('')}\r\n`)
}

interface Resumable {
  /** The first answer breaks off after this many bytes; further ones after as many more, until `breaks` are used up. */
  cutAfter: number
  breaks?: number
  headers?: Headers
}

/** Breaks off, and goes on from where it is asked to (Range under If-Range), as static file servers do. */
export function resumable(
  bytes: Buffer,
  { cutAfter, breaks = 1, headers = { etag: '"v1"' } }: Resumable,
): Handler {
  let left = breaks
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const validator = request.headers['if-range']
    const isSame = validator === headers.etag || validator === headers['last-modified']
    const from = isSame ? start : 0
    const fields = { 'accept-ranges': 'bytes', 'content-length': bytes.length - from, ...headers }
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? { ...fields, ...range } : fields)
    if (left === 0) return response.end(bytes.subarray(from))
    left -= 1
    return response.write(bytes.subarray(from, from + cutAfter), () => response.socket?.destroy())
  }
}

export interface Held {
  handler: Handler
  /** Settles when the request has come and its header fields are answered. */
  arrived: Promise<void>
  /** Sends this many further bytes. */
  send(count: number): void
  /** Sends the rest, and ends. */
  finish(): void
  /** Ends the connection as a crash does. */
  reset(): void
}

/** A file that comes exactly as the test lets it. `connection: close` in the headers: with no length announced. */
export function held(bytes: Buffer, headers: Headers = {}): Held {
  let answer: ServerResponse | undefined
  let sent = 0
  let arrive: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const send = (count: number) => {
    answer?.write(bytes.subarray(sent, sent + count))
    sent += count
  }
  return {
    arrived,
    send,
    handler: (_request, response) => {
      answer = response
      sent = 0
      const length = headers.connection === 'close' ? {} : { 'content-length': bytes.length }
      response.useChunkedEncodingByDefault = false
      response.writeHead(200, { ...length, ...headers }).flushHeaders()
      arrive()
    },
    finish: () => answer?.end(bytes.subarray(sent)),
    reset() {
      // Socket.resetAndDestroy would send a proper end first.
      const socket = answer?.socket as unknown as {
        _handle: { reset(done: () => void): void }
        destroy(): void
      }
      socket._handle.reset(() => socket.destroy())
    },
  }
}
