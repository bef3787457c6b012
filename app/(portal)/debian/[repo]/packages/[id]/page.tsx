import type { Metadata } from 'next'
import { pathParams, portalSession } from '@/app/portal-session'
import { PackageView } from '@/components/apt/packages/PackageView'
import { packageParam } from '@/server/apt/packages/schema'

interface PackagePageProps {
  params: Promise<{ repo: string; id: string }>
}

export const metadata: Metadata = { title: 'Package' }

export default async function PackagePage({ params }: PackagePageProps) {
  await portalSession()
  const { repo, id } = pathParams(packageParam, await params)
  return <PackageView repo={repo} id={id} />
}
