import type { Metadata } from 'next'
import { effectiveSettings } from '@/app/(portal)/settings/effective-settings'
import { portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { AuthorityPanel } from '@/components/settings/AuthorityPanel'
import { Configuration } from '@/components/settings/Configuration'
import { authorityKeys } from '@/components/settings/queries'
import { UpstreamRegistries } from '@/components/settings/UpstreamRegistries'
import { PageHeader } from '@/components/ui/PageHeader'
import { refusal } from '@/server/auth/permissions'
import { listAuthorities } from '@/server/proxy/list-authorities'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage() {
  const { ctx, actor } = await portalSession()
  const client = newQueryClient()
  client.setQueryData(authorityKeys.all, { items: await listAuthorities(ctx, actor) })
  return (
    <Hydrated client={client}>
      <PageHeader
        title="Settings"
        description="The certificate authority and credentials for registries are changed here. All else is set by environment variables, at the start."
      />
      <AuthorityPanel />
      {refusal(actor, 'upstreamRegistry.read') === undefined && (
        <div id="registries" className="scroll-mt-16">
          <UpstreamRegistries />
        </div>
      )}
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-2">
        {effectiveSettings(ctx, actor).map(({ title, settings }) => (
          <Configuration key={title} title={title} settings={settings} />
        ))}
      </div>
    </Hydrated>
  )
}
