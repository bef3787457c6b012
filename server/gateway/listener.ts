import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { Gateway } from '@/server/gateway/gateway'
import { openHttpServer } from '@/server/http/hardened-server'
import type { Metrics } from '@/server/http/metrics'

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

/** The gateway on a port of its own. */
export async function openGateway(
  parts: Parts,
  place: { host: string; port: number },
): Promise<GatewayListener> {
  const gateway = new Gateway(parts)
  const requestTimeout = parts.ctx.env.ENTREPOT_FETCH_TOTAL_SECONDS * 1000
  const server = await openHttpServer({ ...place, bodies: { requestTimeout } }, (request, response) =>
    gateway.serve(request, response),
  )
  return {
    port: server.port,
    async close() {
      await server.close()
      await gateway.close()
    },
  }
}
