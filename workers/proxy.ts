import { metrics } from '@/server/http/metrics'
import { ensureAuthority } from '@/server/proxy/authority-store'
import { openProxy, type ProxyListener } from '@/server/proxy/listener'
import type { Runtime } from '@/server/runtime'

/** Serves the proxy port; a first start beside no other makes the root as well. */
export async function startProxy(
  { ctx, notices }: Runtime,
  place: { host: string; port: number },
): Promise<ProxyListener> {
  await ensureAuthority(ctx)
  return openProxy({ ctx, notices, metrics: metrics() }, place)
}
