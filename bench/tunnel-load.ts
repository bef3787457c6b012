import { connect, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'

export interface TunnelLoad {
  proxyPort: number
  /** Name of the n-th connection's host; the same name again reuses its certificate. */
  hostOf: (index: number) => string
  path: string
  ca: string
  connections: number
  seconds: number
}

/** Requests a second over tunnels that are made once and kept: CONNECT, TLS, then one GET after the other. */
export async function keptAlive(options: TunnelLoad): Promise<number> {
  const sockets = await Promise.all(
    Array.from({ length: options.connections }, (_, index) => openTunnel(options, options.hostOf(index))),
  )
  let answers = 0
  let running = true
  const request = (host: string) => Buffer.from(`GET ${options.path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  const finished = sockets.map((socket, index) => {
    const bytes = request(options.hostOf(index))
    return new Promise<void>((resolve, reject) => {
      readAnswers(socket, reject, () => {
        answers += 1
        if (running) socket.write(bytes)
        else {
          socket.destroy()
          resolve()
        }
      })
      socket.on('error', reject)
      socket.write(bytes)
    })
  })
  const started = process.hrtime.bigint()
  setTimeout(() => {
    running = false
  }, options.seconds * 1000)
  await Promise.all(finished)
  return answers / (Number(process.hrtime.bigint() - started) / 1e9)
}

/** Hosts a second that were never seen before: CONNECT, and the handshake with a certificate minted for it. */
export async function newHosts(options: TunnelLoad): Promise<number> {
  let next = 0
  const started = process.hrtime.bigint()
  const end = Date.now() + options.seconds * 1000
  const lane = async () => {
    while (Date.now() < end) {
      const socket = await openTunnel(options, options.hostOf(next++))
      socket.destroy()
    }
  }
  await Promise.all(Array.from({ length: options.connections }, lane))
  return next / (Number(process.hrtime.bigint() - started) / 1e9)
}

/** Calls back for each whole answer with Content-Length; anything but a 2xx or 4xx that was asked for is a failure. */
function readAnswers(socket: TLSSocket, fail: (error: Error) => void, each: () => void): void {
  let left = -1
  let head = ''
  socket.on('data', (chunk: Buffer) => {
    let at = 0
    while (at < chunk.length) {
      if (left < 0) {
        const text = head + chunk.toString('latin1', at)
        const end = text.indexOf('\r\n\r\n')
        if (end < 0) {
          head = text
          return
        }
        at += end + 4 - head.length
        head = ''
        const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1]
        if (!text.startsWith('HTTP/1.1 200') || length === undefined)
          return fail(new Error(text.slice(0, 300)))
        left = Number(length)
      }
      const taken = Math.min(left, chunk.length - at)
      left -= taken
      at += taken
      if (left === 0) {
        left = -1
        each()
      }
    }
  })
}

const trusting = new Map<string, SecureContext>()

/** One context for all connections: the load must cost less than what it loads. */
function trust(ca: string): SecureContext {
  const context = trusting.get(ca) ?? createSecureContext({ ca })
  trusting.set(ca, context)
  return context
}

function openTunnel({ proxyPort, ca }: TunnelLoad, host: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(proxyPort, '127.0.0.1', () => {
      socket.setNoDelay(true)
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`)
    })
    socket.on('error', reject)
    socket.once('data', (chunk) => {
      if (!chunk.toString('latin1').startsWith('HTTP/1.1 200'))
        return reject(new Error(chunk.toString('latin1')))
      const options: ConnectionOptions = {
        socket,
        servername: host,
        secureContext: trust(ca),
        ALPNProtocols: ['http/1.1'],
      }
      const secure = connectTls(options, () => resolve(secure))
      secure.on('error', reject)
    })
  })
}
