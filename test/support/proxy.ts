import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Context } from '@/server/context'
import { listen, type Notices } from '@/server/events'
import { openMetrics } from '@/server/http/metrics'
import { ensureAuthority, offeredCertificates } from '@/server/proxy/authority-store'
import { openProxy, type ProxyListener } from '@/server/proxy/listener'

export interface TestProxy extends ProxyListener {
  /** `http://127.0.0.1:<port>` */
  url: string
  notices: Notices
  /** What clients have to trust, PEM, and the file that holds it. */
  ca: string
  caFile: string
}

/** The proxy as it runs in production, on a port of its own; closed after the file. */
export async function startTestProxy(ctx: Context): Promise<TestProxy> {
  await ensureAuthority(ctx)
  const notices = await listen(ctx.pool, ctx.log)
  const proxy = await openProxy({ ctx, notices, metrics: openMetrics() }, { host: '127.0.0.1', port: 0 })
  const ca = (await offeredCertificates(ctx)).join('')
  const caFile = join(ctx.env.ENTREPOT_DATA, 'test-ca.crt')
  await writeFile(caFile, ca)
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= proxy.close()
    return closing
  }
  afterAll(async () => {
    await close()
    await notices.close()
  })
  return { port: proxy.port, url: `http://127.0.0.1:${proxy.port}`, close, notices, ca, caFile }
}
