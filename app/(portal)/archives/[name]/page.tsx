import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { pathParams, portalSession } from '@/app/portal-session'
import { ArchiveView } from '@/components/archives/ArchiveView'
import { archiveList, MOST_ARCHIVES } from '@/components/archives/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { listArchives } from '@/server/archives/list-archives'
import { archiveParam } from '@/server/archives/schema'

interface ArchivePageProps {
  params: Promise<{ name: string }>
}

export const metadata: Metadata = { title: 'Archive' }

export default async function ArchivePage({ params }: ArchivePageProps) {
  const { ctx, actor } = await portalSession()
  const { name } = pathParams(archiveParam, await params)
  const { items } = await listArchives(ctx, actor, { limit: MOST_ARCHIVES })
  if (!items.some((archive) => archive.name === name)) notFound()
  const client = newQueryClient()
  client.setQueryData(archiveList.queryKey, items)
  return (
    <Hydrated client={client}>
      <ArchiveView name={name} />
    </Hydrated>
  )
}
