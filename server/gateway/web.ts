import type { Hono } from 'hono'
import { HotBlobs } from '@/server/blobs/hot-blobs'
import { gatewayApp } from '@/server/gateway/app'
import { metrics } from '@/server/http/metrics'
import { DownloadCounter } from '@/server/mirror/download-counter'
import { ContentFinder } from '@/server/mirror/find-content'
import { Registry } from '@/server/oci/registry'
import { type Runtime, runtime } from '@/server/runtime'

const opened = new WeakMap<Runtime, Hono>()

function open({ ctx, notices }: Runtime): Hono {
  const contents = new ContentFinder(ctx, notices)
  const hot = new HotBlobs()
  const registry = new Registry({ ctx, notices, hot })
  return gatewayApp({ ctx, contents, hot, downloads: new DownloadCounter(ctx), metrics: metrics(), registry })
}

/** The gateway's paths in the web process, so that one port is enough for a small site. */
export async function answerGateway(request: Request): Promise<Response> {
  const parts = await runtime()
  const app = opened.get(parts) ?? open(parts)
  opened.set(parts, app)
  return app.fetch(request)
}
