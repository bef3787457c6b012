import type { Metadata } from 'next'
import { pathParams, portalSession } from '@/app/portal-session'
import { RepositoryView } from '@/components/apt/RepositoryView'
import { repositoryParam } from '@/server/apt/schema'
import { publicUrl } from '@/server/env'

interface RepositoryPageProps {
  params: Promise<{ repo: string }>
}

export const metadata: Metadata = { title: 'Debian repository' }

export default async function RepositoryPage({ params }: RepositoryPageProps) {
  const { ctx } = await portalSession()
  const { repo } = pathParams(repositoryParam, decoded(await params))
  return <RepositoryView repo={repo} portal={publicUrl(ctx.env)} />
}

/** Next leaves “+” and the like as they are in the URL. */
function decoded({ repo }: { repo: string }) {
  return { repo: decodeURIComponent(repo) }
}
