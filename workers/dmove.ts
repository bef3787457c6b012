import { type DmoveListener, openDmove } from '@/server/apt/moves/dmove-listener'
import { metrics } from '@/server/http/metrics'
import type { Runtime } from '@/server/runtime'

/** Serves the port for moves. */
export function startDmove({ ctx }: Runtime, place: { host: string; port: number }): Promise<DmoveListener> {
  return openDmove({ ctx, metrics: metrics() }, place)
}
