import { request as ask, createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ForwardProxy {
  /** Such as `http://127.0.0.1:40123`. */
  url: string
  /** What it was asked for: absolute URLs, and `CONNECT host:port`. */
  asked: string[]
  close(): Promise<void>
}

/**
 * The least HTTP proxy there can be.
 * @param route where it goes instead, by `host:port`; other places are answered 403.
 * @param port where it listens; any unless told.
 */
export async function startForwardProxy(route: Record<string, string>, port = 0): Promise<ForwardProxy> {
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const url = new URL(request.url ?? '')
    const to = route[`${url.hostname}:${url.port || 80}`]
    if (to === undefined) return void response.writeHead(403).end('No.')
    const [hostname, port] = to.split(':')
    const options = { hostname, port, path: url.pathname, headers: request.headers }
    ask(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
      .on('error', () => response.destroy())
      .end()
  })
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`)
    const to = route[request.url ?? '']
    if (to === undefined) return void socket.end('HTTP/1.1 403 No\r\n\r\n')
    const [hostname, port] = to.split(':')
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
    sockets.add(onward)
  })
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
