import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { ArchiveList } from '@/components/archives/ArchiveList'
import { archiveList, MOST_ARCHIVES } from '@/components/archives/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { listArchives } from '@/server/archives/list-archives'

export const metadata: Metadata = { title: 'Archives' }

export default async function ArchivesPage() {
  const { ctx, actor } = await portalSession()
  const client = newQueryClient()
  await client.prefetchQuery({
    ...archiveList,
    queryFn: async () => (await listArchives(ctx, actor, { limit: MOST_ARCHIVES })).items,
  })
  return (
    <Hydrated client={client}>
      <ArchiveList />
    </Hydrated>
  )
}
