import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { aptKeys } from '@/components/apt/queries'
import { RepositoryView } from '@/components/apt/RepositoryView'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { getRepository } from '@/server/apt/repositories/get-repository'
import { repositoryParam } from '@/server/apt/schema'
import { publicUrl } from '@/server/env'

interface RepositoryPageProps {
  params: Promise<{ repo: string }>
}

export const metadata: Metadata = { title: 'Debian repository' }

export default async function RepositoryPage({ params }: RepositoryPageProps) {
  const { ctx, actor } = await portalSession()
  const { repo } = pathParams(repositoryParam, { repo: decodeURIComponent((await params).repo) })
  const client = newQueryClient()
  client.setQueryData(aptKeys.detail(repo), await orNotFound(getRepository(ctx, actor, { repo })))
  return (
    <Hydrated client={client}>
      <RepositoryView repo={repo} portal={publicUrl(ctx.env)} />
    </Hydrated>
  )
}
