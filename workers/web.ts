import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import next from 'next'
import { appendPeer } from '@/server/auth/client-address'
import { env } from '@/server/env'
import { Gateway } from '@/server/gateway/gateway'
import { isGatewayTarget } from '@/server/gateway/paths'
import { metrics } from '@/server/http/metrics'
import { runtime } from '@/server/runtime'
import { prepareApart } from '@/server/start/apart'
import { endInOrder, endWith, tellReady } from '@/server/start/parent'

/** How long requests that are being answered may go on after the process was asked to end. */
const DRAIN_MS = 8000

/**
 * The portal and the API: Next behind a server of our own, so that its end is in our hands, and so that the gateway's paths
 * are served here as they are there: with their lengths, any method, and bodies of any size.
 */
async function main(): Promise<void> {
  const { ENTREPOT_HOST: hostname, ENTREPOT_WEB_PORT: port, NODE_ENV, ENTREPOT_FETCH_TOTAL_SECONDS } = env()
  const isDevelopment = NODE_ENV === 'development'
  await prepareApart(process.cwd())
  // A push may take as long as a fetch; whoever sends nothing is cut off by Node's other limits.
  const server = createServer({ requestTimeout: ENTREPOT_FETCH_TOTAL_SECONDS * 1000 })
  const app = next({
    dev: isDevelopment,
    dir: process.cwd(),
    hostname,
    port,
    httpServer: server,
  })
  await app.prepare()
  const answer = app.getRequestHandler()
  const open = new Set<ServerResponse>()
  const { ctx, notices } = await runtime()
  const gateway = new Gateway({ ctx, notices, metrics: metrics() })
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    open.add(response)
    response.on('close', () => open.delete(response))
    if (isGatewayTarget(request.url ?? '')) return gateway.serve(request, response)
    if (request.headers.expect !== undefined) response.writeContinue()
    appendPeer(request)
    void answer(request, response)
  }
  server.on('request', serve)
  server.on('checkContinue', serve)
  endInOrder(async () => {
    // Browsers hold sockets open to a development server, which nothing but its end closes.
    if (isDevelopment) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    endStreams(open)
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    await closed
    clearTimeout(timer)
    await gateway.close()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, resolve)
  })
  tellReady()
}

/** Event streams have no end of their own; browsers come back to the next process. */
function endStreams(open: Iterable<ServerResponse>): void {
  for (const response of open) {
    if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.destroy()
  }
}

await main().catch(endWith)
