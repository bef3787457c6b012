import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { LeafCache } from '@/server/proxy/leaf-cache'

export interface ForgingServer {
  /** Such as `http://127.0.0.1:40123`. */
  url: string
  port: number
  close(): Promise<void>
}

/**
 * The least proxy there can be: CONNECT to any host is answered in-process with a leaf from `cache`, and each request in
 * it with the text `host: <Host header>`.
 */
export async function startForgingServer(cache: LeafCache): Promise<ForgingServer> {
  const sockets = new Set<TLSSocket>()
  const inner = createServer((request, response) => response.end(`host: ${request.headers.host}`))
  const outer = createServer()
  outer.on('connect', async (request, socket) => {
    const secureContext = await cache.secureContext((request.url ?? '').replace(/:\d+$/, ''))
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    const secure = new TLSSocket(socket, { isServer: true, secureContext })
    sockets.add(secure)
    secure.on('error', () => secure.destroy())
    inner.emit('connection', secure)
  })
  await new Promise<void>((resolve) => outer.listen(0, '127.0.0.1', resolve))
  const { port } = outer.address() as AddressInfo
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => outer.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}`, port, close }
}
