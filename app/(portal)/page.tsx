import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { Dashboard } from '@/components/dashboard/Dashboard'
import { overviewNow } from '@/components/dashboard/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { Button } from '@/components/ui/Button'
import { PageHeader } from '@/components/ui/PageHeader'
import { readOverview } from '@/server/api/read-overview'
import { proxyAddress, publicUrl } from '@/server/env'

export const metadata: Metadata = { title: 'Dashboard' }

export default async function DashboardPage() {
  const { ctx, actor } = await portalSession()
  const client = newQueryClient()
  await client.prefetchQuery({ ...overviewNow, queryFn: () => readOverview(ctx, actor) })
  return (
    <Hydrated client={client}>
      <PageHeader
        title="Dashboard"
        description="What is stored, what is on its way, and what needs a person."
        actions={
          <Button variant="primary" href="/files/declare">
            Declare files
          </Button>
        }
      />
      <Dashboard installation={{ portal: publicUrl(ctx.env), proxy: proxyAddress(ctx.env) }} />
    </Hydrated>
  )
}
