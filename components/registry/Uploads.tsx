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
import { Size } from '@/components/ui/Size'
import { Time } from '@/components/ui/Time'
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
    {
      id: 'received',
      header: 'Received',
      width: '7rem',
      align: 'end',
      skeleton: 8,
      csv: ({ received }) => received,
      cell: ({ received }) => <Size bytes={received} />,
    },
    {
      id: 'who',
      header: 'Who',
      width: '12rem',
      skeleton: 12,
      csv: ({ startedBy }) => startedBy,
      cell: ({ startedBy }) => <span className="block truncate">{startedBy}</span>,
    },
    {
      id: 'started',
      header: 'Started',
      width: '7rem',
      align: 'end',
      from: 'lg',
      skeleton: 8,
      csv: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: 'last',
      header: 'Last bytes',
      width: '7rem',
      align: 'end',
      card: 'end',
      skeleton: 8,
      csv: ({ updatedAt }) => updatedAt,
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
    },
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
