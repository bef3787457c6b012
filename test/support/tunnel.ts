import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

/** A connection that CONNECT has led to `authority`. @throws Error with the answer when it is refused. */
export function openTunnel(port: number, authority: string, headers: string[] = []): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...headers, '', '']
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.join('\r\n')))
    socket.on('error', reject)
    socket.once('data', (chunk) => {
      const answer = chunk.toString('latin1')
      if (answer.startsWith('HTTP/1.1 200 ')) return resolve(socket)
      socket.destroy()
      reject(new Error(answer))
    })
  })
}

interface Handshake {
  ca: string
  /** Left out of the handshake when empty. */
  servername: string
  protocols?: string[]
}

/** TLS inside a tunnel, verified for `servername`. */
export function secure(
  socket: Socket,
  { ca, servername, protocols = ['http/1.1'] }: Handshake,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const options = { socket, ca, ALPNProtocols: protocols, ...(servername !== '' && { servername }) }
    const over = connectTls({ ...options, rejectUnauthorized: servername !== '' }, () => resolve(over))
    over.on('error', reject)
  })
}

export interface Http2Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** An HTTP/2 session over a TLS connection. */
export function http2Over(socket: TLSSocket, authority: string): ClientHttp2Session {
  return connectHttp2(`https://${authority}`, { createConnection: () => socket })
}

export function http2Request(
  session: ClientHttp2Session,
  headers: Record<string, string>,
): Promise<Http2Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers)
    let answered: IncomingHttpHeaders = {}
    let body = ''
    stream.setEncoding('latin1')
    stream.on('response', (given) => {
      answered = given
    })
    stream.on('data', (chunk: string) => {
      body += chunk
    })
    stream.on('end', () => resolve({ status: Number(answered[':status']), headers: answered, body }))
    stream.on('error', reject)
    stream.end()
  })
}
