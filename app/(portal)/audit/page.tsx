import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { AuditList } from '@/components/audit/AuditList'
import { auditFilter } from '@/components/audit/filter'
import { auditList, auditQueryOf } from '@/components/audit/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { listAudit } from '@/server/audit/list-audit'
import { auditQuery } from '@/server/audit/schema'

export const metadata: Metadata = { title: 'Audit' }

interface AuditPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function AuditPage({ searchParams }: AuditPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(auditFilter, await searchParams)
  const client = newQueryClient()
  await client.prefetchQuery({
    ...auditList(filter),
    queryFn: () => listAudit(ctx, actor, auditQuery.parse(auditQueryOf(filter))),
  })
  return (
    <Hydrated client={client}>
      <AuditList />
    </Hydrated>
  )
}
