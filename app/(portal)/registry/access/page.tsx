import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { AccessView } from '@/components/registry/AccessView'
import { accessFilter } from '@/components/registry/filter'
import { readSearch } from '@/components/search-params'

export const metadata: Metadata = { title: 'Access to a node' }

interface AccessPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function AccessPage({ searchParams }: AccessPageProps) {
  const { ctx } = await portalSession()
  const { cluster = ctx.clusters.all[0]?.name ?? '', path = '' } = readSearch(
    accessFilter,
    await searchParams,
  )
  return (
    <Hydrated client={newQueryClient()}>
      <AccessView cluster={cluster} path={path} />
    </Hydrated>
  )
}
