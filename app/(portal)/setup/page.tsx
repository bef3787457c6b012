import { randomBytes } from 'node:crypto'
import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { SetupPage } from '@/components/setup/SetupPage'
import { proxyAddress, publicUrl, registryAddress } from '@/server/env'
import { listAuthorities } from '@/server/proxy/list-authorities'

export const metadata: Metadata = { title: 'Set up a client' }

const PROBE_BYTES = 9

export default async function SetUpClientPage() {
  const { ctx, actor } = await portalSession()
  const authorities = await listAuthorities(ctx, actor)
  return (
    <SetupPage
      installation={{
        portal: publicUrl(ctx.env),
        proxy: proxyAddress(ctx.env),
        registry: registryAddress(ctx.env).host,
      }}
      authority={authorities.find(({ standing }) => standing === 'signing')}
      probeId={randomBytes(PROBE_BYTES).toString('hex')}
    />
  )
}
