import type { Metadata } from 'next'
import { pathParams, portalSession } from '@/app/portal-session'
import { SourceView } from '@/components/apt/packages/SourceView'
import { sourceParam } from '@/server/apt/packages/schema'

interface SourcePageProps {
  params: Promise<{ repo: string; source: string }>
}

export const metadata: Metadata = { title: 'Source package' }

export default async function SourcePage({ params }: SourcePageProps) {
  await portalSession()
  const given = await params
  const { repo, source } = pathParams(sourceParam, { ...given, source: decodeURIComponent(given.source) })
  return <SourceView repo={repo} source={source} />
}
