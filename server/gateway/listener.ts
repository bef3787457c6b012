import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { answerContent } from '@/server/gateway/answer-content'
import { answerRegistry, isRegistryTarget } from '@/server/gateway/answer-registry'
import { gatewayApp } from '@/server/gateway/app'
import { registryRequestOfNode } from '@/server/gateway/registry-requests'
import { textAnswer } from '@/server/http/answer'
import { Delivery } from '@/server/http/deliver'
import { openHttpServer } from '@/server/http/hardened-server'
import type { Metrics } from '@/server/http/metrics'
import { ambiguityOf, readFields } from '@/server/http/request-fields'
import { DownloadCounter } from '@/server/mirror/download-counter'
import { ContentFinder } from '@/server/mirror/find-content'
import { answerOfError } from '@/server/oci/answers'
import { Registry } from '@/server/oci/registry'

export interface GatewayListener {
  readonly port: number
  /** Accepts no more, lets requests under way finish, and writes what was counted. */
  close(): Promise<void>
}

interface Parts {
  ctx: Context
  notices: Notices
  metrics: Metrics
}

const CONTENTS = '/files/sha256/'

const unavailable = () =>
  textAnswer({ status: 503, text: 'This cannot be answered now.\n', headers: ['Retry-After', '10'] })

/** The gateway's own port. Contents are written straight to the connection: a Web response for each would halve the rate. */
export async function openGateway(
  { ctx, notices, metrics }: Parts,
  place: { host: string; port: number },
): Promise<GatewayListener> {
  const contents = new ContentFinder(ctx, notices)
  const hot = new HotBlobs()
  const downloads = new DownloadCounter(ctx)
  const registry = new Registry({ ctx, notices, hot })
  const delivery = new Delivery({ log: ctx.log, traffic: metrics.traffic('gateway') })
  const serveRest = getRequestListener(gatewayApp({ ctx, contents, hot, downloads, metrics, registry }).fetch)
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = request
    if (isRegistryTarget(url)) {
      const asked = registryRequestOfNode(request, response, readFields(request.rawHeaders))
      return delivery.deliver(() => answerRegistry(asked, registry), response, answerOfError)
    }
    if (!url.startsWith(CONTENTS)) return void serveRest(request, response)
    const find = () => {
      const fields = readFields(request.rawHeaders)
      const fault = ambiguityOf(fields)
      if (fault !== undefined) return textAnswer({ status: 400, text: `${fault}\n` })
      const digest = url.slice(CONTENTS.length).replace(/\?.*$/, '')
      return answerContent({ method, digest, fields }, { contents, hot, downloads })
    }
    delivery.deliver(find, response, unavailable)
  }
  const requestTimeout = ctx.env.ENTREPOT_FETCH_TOTAL_SECONDS * 1000
  const server = await openHttpServer({ ...place, bodies: { requestTimeout } }, serve)
  return {
    port: server.port,
    async close() {
      await server.close()
      contents.close()
      registry.close()
      await downloads.close()
    },
  }
}
