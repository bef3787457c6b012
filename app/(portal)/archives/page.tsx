import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { ArchiveList } from '@/components/archives/ArchiveList'

export const metadata: Metadata = { title: 'Archives' }

export default async function ArchivesPage() {
  await portalSession()
  return <ArchiveList />
}
