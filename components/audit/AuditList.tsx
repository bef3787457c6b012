'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Download, ScrollText } from 'lucide-react'
import { useMemo, useState } from 'react'
import { AuditDetails } from '@/components/audit/AuditDetails'
import { AuditFilters } from '@/components/audit/AuditFilters'
import { auditColumns } from '@/components/audit/audit-columns'
import type { AuditFilter } from '@/components/audit/filter'
import { auditList, exportHref } from '@/components/audit/queries'
import { Button } from '@/components/ui/Button'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { PageHeader } from '@/components/ui/PageHeader'
import { Pagination } from '@/components/ui/Pagination'
import { useUrlState } from '@/components/url-state'
import type { AuditEntry } from '@/server/audit/schema'

/** What was changed, by whom, newest first. */
export function AuditList() {
  const [filter, setFilter] = useUrlState<AuditFilter>()
  const [opened, setOpened] = useState<AuditEntry>()
  const entries = useQuery({ ...auditList(filter), placeholderData: keepPreviousData })
  const columns = useMemo(() => auditColumns(setOpened), [])
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return (
    <>
      <PageHeader
        title="Audit"
        description="Every change, written together with the change itself. Entries are never altered."
        actions={
          <Button icon={Download} href={exportHref(filter)} download="audit.ndjson">
            Export as NDJSON
          </Button>
        }
      />
      <AuditFilters filter={filter} onChange={setFilter} />
      <DataTable
        label="Audit log"
        query={entries}
        columns={columns}
        csv="audit"
        empty={
          <EmptyState
            icon={ScrollText}
            sentence={isFiltered ? 'No entry matches these filters.' : 'Nothing was changed yet.'}
          />
        }
        pagination={
          <Pagination
            cursor={filter.cursor}
            nextCursor={entries.data?.nextCursor}
            onCursor={(cursor) => setFilter({ cursor })}
          />
        }
      />
      {opened && <AuditDetails entry={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}
