'use client'

import { useQuery } from '@tanstack/react-query'
import { CloudUpload } from 'lucide-react'
import { useMemo } from 'react'
import { repositoryHref } from '@/components/registry/places'
import { uploadsOf } from '@/components/registry/queries'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { RowLink } from '@/components/ui/RowLink'
import { sizeColumn } from '@/components/ui/size-column'
import { textColumn } from '@/components/ui/text-column'
import { timeColumn } from '@/components/ui/time-column'
import type { UploadSummary } from '@/server/oci/schema'

const columnsFor = (cluster: string) =>
  columnsOf<UploadSummary>([
    {
      id: 'repository',
      header: 'Repository',
      card: 'head',
      skeleton: 30,
      csv: ({ repository }) => repository,
      cell: ({ repository }) => (
        <RowLink href={repositoryHref({ cluster, name: repository })}>
          <MiddleTruncate text={repository} tail={20} />
        </RowLink>
      ),
    },
    sizeColumn(({ received }) => received, {
      id: 'received',
      header: 'Received',
      width: '7rem',
      skeleton: 8,
    }),
    textColumn(({ startedBy }) => startedBy, {
      id: 'who',
      header: 'Who',
      width: '12rem',
      skeleton: 12,
    }),
    timeColumn(({ createdAt }) => createdAt, { id: 'started', header: 'Started', from: 'lg' }),
    timeColumn(({ updatedAt }) => updatedAt, { id: 'last', header: 'Last bytes', card: 'end' }),
  ])

interface UploadsProps {
  cluster: string
  /** Of one repository alone. */
  name?: string
}

/** Blobs on their way in, live. */
export function Uploads({ cluster, name }: UploadsProps) {
  const uploads = useQuery(uploadsOf(cluster, { name }))
  const columns = useMemo(() => columnsFor(cluster), [cluster])
  return (
    <DataTable
      label="Uploads under way"
      query={uploads}
      columns={columns}
      empty={
        <EmptyState
          icon={CloudUpload}
          sentence="No upload is under way. What clients are sending shows here while it comes."
        />
      }
    />
  )
}
