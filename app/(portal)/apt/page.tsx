import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { RepositoryList } from '@/components/apt/RepositoryList'
import { publicUrl } from '@/server/env'

export const metadata: Metadata = { title: 'Debian repositories' }

export default async function AptPage() {
  const { ctx } = await portalSession()
  return <RepositoryList portal={publicUrl(ctx.env)} />
}
