import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { sourceAt } from '@/components/apt/packages/queries'
import { SourceView } from '@/components/apt/packages/SourceView'
import { aptKeys } from '@/components/apt/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { getSource } from '@/server/apt/packages/get-source'
import { sourceParam } from '@/server/apt/packages/schema'
import { getRepository } from '@/server/apt/repositories/get-repository'

interface SourcePageProps {
  params: Promise<{ repo: string; source: string }>
}

export const metadata: Metadata = { title: 'Source package' }

export default async function SourcePage({ params }: SourcePageProps) {
  const { ctx, actor } = await portalSession()
  const given = await params
  const { repo, source } = pathParams(sourceParam, {
    repo: decodeURIComponent(given.repo),
    source: decodeURIComponent(given.source),
  })
  const client = newQueryClient()
  const [repository, detail] = await orNotFound(
    Promise.all([getRepository(ctx, actor, { repo }), getSource(ctx, actor, { repo, source })]),
  )
  client.setQueryData(aptKeys.detail(repo), repository)
  client.setQueryData(sourceAt(repo, source).queryKey, detail)
  return (
    <Hydrated client={client}>
      <SourceView repo={repo} source={source} />
    </Hydrated>
  )
}
