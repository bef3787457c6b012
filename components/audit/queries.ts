import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import type { AuditFilter } from '@/components/audit/filter'
import { unwrap } from '@/server/api/client'
import type { AuditEntry } from '@/server/audit/schema'

interface AuditPage {
  items: AuditEntry[]
  nextCursor: string | null
}

const DAY_MS = 86_400_000

export const auditKeys = {
  list: (filter: AuditFilter) => ['audit', 'list', filter] as const,
}

/** The filter as the API takes it: days are those of UTC, the last one included. */
export function auditQueryOf({ from, to, ...rest }: AuditFilter) {
  return {
    ...rest,
    ...(from && { from: `${from}T00:00:00Z` }),
    ...(to && { to: new Date(Date.parse(`${to}T00:00:00Z`) + DAY_MS).toISOString() }),
  }
}

export const auditList = (filter: AuditFilter) =>
  queryOptions({
    queryKey: auditKeys.list(filter),
    queryFn: (): Promise<AuditPage> => unwrap(api.audit.$get({ query: auditQueryOf(filter) })),
  })

/** Where the whole filtered log is saved from, one JSON document a line. */
export function exportHref(filter: AuditFilter): string {
  const { cursor: _, ...query } = auditQueryOf(filter)
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined))
  return `/api/v1/audit.ndjson?${search}`
}
