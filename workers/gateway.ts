import { type GatewayListener, openGateway } from '@/server/gateway/listener'
import { metrics } from '@/server/http/metrics'
import type { Runtime } from '@/server/runtime'

/** Serves the gateway's port. */
export function startGateway(
  { ctx, notices }: Runtime,
  place: { host: string; port: number },
): Promise<GatewayListener> {
  return openGateway({ ctx, notices, metrics: metrics() }, place)
}
