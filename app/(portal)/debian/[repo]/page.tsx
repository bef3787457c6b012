import type { Metadata } from 'next'
import { readFirstRows } from '@/app/(portal)/debian/[repo]/first-rows'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { repositoryFilter } from '@/components/apt/filter'
import { aptKeys } from '@/components/apt/queries'
import { RepositoryView } from '@/components/apt/RepositoryView'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { getRepository } from '@/server/apt/repositories/get-repository'
import { repositoryParam } from '@/server/apt/schema'
import { publicUrl } from '@/server/env'

interface RepositoryPageProps {
  params: Promise<{ repo: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export const metadata: Metadata = { title: 'Debian repository' }

export default async function RepositoryPage({ params, searchParams }: RepositoryPageProps) {
  const { ctx, actor } = await portalSession()
  const { repo } = pathParams(repositoryParam, { repo: decodeURIComponent((await params).repo) })
  const filter = readSearch(repositoryFilter, await searchParams)
  const repository = await orNotFound(getRepository(ctx, actor, { repo }))
  const client = newQueryClient()
  client.setQueryData(aptKeys.detail(repo), repository)
  await readFirstRows(client, { ctx, actor, repository, filter })
  return (
    <Hydrated client={client}>
      <RepositoryView repo={repo} portal={publicUrl(ctx.env)} />
    </Hydrated>
  )
}
