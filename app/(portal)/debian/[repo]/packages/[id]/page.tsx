import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { PackageView } from '@/components/apt/packages/PackageView'
import { packageAt } from '@/components/apt/packages/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { getPackage } from '@/server/apt/packages/get-package'
import { packageParam } from '@/server/apt/packages/schema'

interface PackagePageProps {
  params: Promise<{ repo: string; id: string }>
}

export const metadata: Metadata = { title: 'Package' }

export default async function PackagePage({ params }: PackagePageProps) {
  const { ctx, actor } = await portalSession()
  const given = await params
  const { repo, id } = pathParams(packageParam, { ...given, repo: decodeURIComponent(given.repo) })
  const client = newQueryClient()
  const found = await orNotFound(getPackage(ctx, actor, { repo, id }))
  client.setQueryData(packageAt(repo, id).queryKey, found)
  return (
    <Hydrated client={client}>
      <PackageView repo={repo} id={id} />
    </Hydrated>
  )
}
