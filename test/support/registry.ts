import { afterAll } from 'vitest'
import type { Context } from '@/server/context'
import { listen, type Notices } from '@/server/events'
import { openGateway } from '@/server/gateway/listener'
import { openMetrics } from '@/server/http/metrics'
import { createSecret } from '@/test/support/api'
import { createActor } from '@/test/support/people'
import { basic, type RegistryClient, registryClient } from '@/test/support/registry-client'

export interface TestRegistry {
  /** `http://127.0.0.1:<port>` */
  url: string
  port: number
  notices: Notices
  /** Accepts no more; called after the file if nobody did before. */
  close(): Promise<void>
}

/** The gateway as it runs in production, on a port of its own; closed after the file. */
export async function startTestRegistry(ctx: Context): Promise<TestRegistry> {
  const notices = await listen(ctx.pool, ctx.log)
  const gateway = await openGateway({ ctx, notices, metrics: openMetrics() }, { host: '127.0.0.1', port: 0 })
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= gateway.close().then(() => notices.close())
    return closing
  }
  afterAll(close)
  return { port: gateway.port, url: `http://127.0.0.1:${gateway.port}`, notices, close }
}

/** The registry with somebody who may do everything at it. */
export async function openTestRegistry(
  ctx: Context,
): Promise<TestRegistry & { client: RegistryClient; secret: string }> {
  const registry = await startTestRegistry(ctx)
  const secret = await createSecret(ctx, await createActor(ctx, 'administrator'), {
    scopes: ['read', 'declare', 'push', 'proxy', 'manage', 'administer'],
  })
  return { ...registry, secret, client: registryClient(registry.url, basic('admin', secret)) }
}
