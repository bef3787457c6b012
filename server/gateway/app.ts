import { Hono, type Context as HonoContext } from 'hono'
import type { HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import { answerContent } from '@/server/gateway/answer-content'
import { answerRegistry } from '@/server/gateway/answer-registry'
import { readiness } from '@/server/gateway/readiness'
import { registryRequestOfWeb } from '@/server/gateway/registry-requests'
import { type Answer, bodyLength, textAnswer } from '@/server/http/answer'
import { responseOf } from '@/server/http/answer-response'
import { countAnswer, type Metrics } from '@/server/http/metrics'
import { readFields } from '@/server/http/request-fields'
import type { DownloadCounter } from '@/server/mirror/download-counter'
import type { ContentFinder } from '@/server/mirror/find-content'
import type { Registry } from '@/server/oci/registry'
import { ownPage } from '@/server/proxy/own-pages'

interface GatewayParts {
  ctx: Context
  contents: Pick<ContentFinder, 'find'>
  hot: Pick<HotBlobs, 'get' | 'load'>
  downloads: Pick<DownloadCounter, 'add'>
  metrics: Metrics
  registry: Pick<Registry, 'answer'>
}

/**
 * What the gateway serves, as (Request) → Response: the portal mounts the same paths. The gateway's own listener takes
 * contents past this app (server/gateway/listener.ts), with the same `answerContent`.
 */
export function gatewayApp(parts: GatewayParts): Hono {
  const { ctx, metrics } = parts
  const app = new Hono()
  app.all('/files/sha256/:digest', (c) => content(parts, c.req.raw, c.req.param('digest')))
  app.all('/v2', (c) => registryPath(parts, c.req.raw))
  app.all('/v2/*', (c) => registryPath(parts, c.req.raw))
  app.get('/ca.crt', (c) => page(ctx, c))
  app.get('/ca.der', (c) => page(ctx, c))
  app.get('/proxy.pac', (c) => page(ctx, c))
  app.get('/healthz', () => text({ status: 200, text: 'ok\n' }))
  app.get('/readyz', async () => text(await readiness(ctx)))
  app.get('/metrics', async () => {
    const type = metrics.contentType
    return text({ status: 200, text: await metrics.text(), type })
  })
  app.notFound((c) => text({ status: 404, text: `There is no ${c.req.path} here.\n` }))
  app.onError((error) => {
    ctx.log.error({ err: error }, 'a gateway request failed')
    return text({ status: 503, text: 'This cannot be answered now.\n', headers: ['Retry-After', '10'] })
  })
  return app
}

async function content(parts: GatewayParts, request: Request, digest: string) {
  const fields = readFields([...request.headers].flat())
  const answer = await answerContent({ method: request.method, digest, fields }, parts)
  // Behind a web response nobody tells how far it got; it counts as sent.
  const bytes = bodyLength(answer)
  countAnswer(parts.metrics.traffic('gateway'), answer.status, bytes)
  if (answer.body !== undefined) answer.sent?.(bytes)
  return responseOf(answer)
}

async function registryPath({ registry, metrics }: GatewayParts, request: Request): Promise<Response> {
  const answer = await answerRegistry(registryRequestOfWeb(request), registry)
  countAnswer(metrics.traffic('gateway'), answer.status, bodyLength(answer))
  return responseOf(answer)
}

async function page(ctx: Context, c: HonoContext): Promise<Response> {
  const { pathname, search } = new URL(c.req.url)
  const found = await ownPage(ctx, pathname + search, readFields([...c.req.raw.headers].flat()))
  return found === undefined ? c.notFound() : responseOf(found)
}

function text(answer: Parameters<typeof textAnswer>[0]): Response {
  const rendered: Answer = textAnswer(answer)
  return responseOf(rendered)
}
