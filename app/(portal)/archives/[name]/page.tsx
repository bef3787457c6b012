import type { Metadata } from 'next'
import { pathParams, portalSession } from '@/app/portal-session'
import { ArchiveView } from '@/components/archives/ArchiveView'
import { archiveParam } from '@/server/archives/schema'

interface ArchivePageProps {
  params: Promise<{ name: string }>
}

export const metadata: Metadata = { title: 'Archive' }

export default async function ArchivePage({ params }: ArchivePageProps) {
  await portalSession()
  const { name } = pathParams(archiveParam, await params)
  return <ArchiveView name={name} />
}
