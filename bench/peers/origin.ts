import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'

export interface Origin {
  port: number
  securePort: number
  stop(): void
}

/**
 * The server behind the peers: answers every path with the body of that name, over HTTP and HTTPS.
 * @param identity key and certificate for HTTPS, PEM.
 */
export async function startOrigin(
  bodies: Map<string, Buffer>,
  identity: { key: string; cert: string },
): Promise<Origin> {
  const answer: RequestListener = (request, response) => {
    const body = bodies.get(new URL(request.url ?? '/', 'http://origin').pathname)
    response.writeHead(body ? 200 : 404, {
      'content-length': body?.length ?? 0,
      'cache-control': 'public, max-age=86400',
      'last-modified': new Date(0).toUTCString(),
    })
    response.end(body)
  }
  const plain = createServer(answer)
  const secure = createSecureServer(identity, answer)
  const [port, securePort] = await Promise.all([listen(plain), listen(secure)])
  return {
    port,
    securePort,
    stop() {
      plain.close()
      secure.close()
    },
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
