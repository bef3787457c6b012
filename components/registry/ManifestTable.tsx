'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { FileJson } from 'lucide-react'
import Link from 'next/link'
import { useMemo } from 'react'
import type { RepositoryFilter } from '@/components/registry/filter'
import { kindOf, shortDigest } from '@/components/registry/kinds'
import { Platforms } from '@/components/registry/Platforms'
import { manifestHref } from '@/components/registry/places'
import { manifestsOf } from '@/components/registry/queries'
import { Badge } from '@/components/ui/Badge'
import { type Column, columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { sizeColumn } from '@/components/ui/size-column'
import { timeColumn } from '@/components/ui/time-column'
import type { ManifestSummary, RepositoryDetail } from '@/server/oci/schema'

function columnsFor(repository: RepositoryDetail, isAbout: boolean): Column<ManifestSummary>[] {
  const digest = (value: string) => (
    <span title={value} className="font-mono text-xs">
      {shortDigest(value)}
    </span>
  )
  return columnsOf<ManifestSummary>([
    {
      id: 'digest',
      header: 'Manifest',
      card: 'head',
      skeleton: 20,
      csv: (manifest) => manifest.digest,
      cell: (manifest) => (
        <RowLink href={manifestHref(repository, manifest.digest)}>{digest(manifest.digest)}</RowLink>
      ),
    },
    {
      id: 'kind',
      header: 'Kind',
      width: '11rem',
      skeleton: 12,
      csv: ({ artifactType, mediaType }) => artifactType ?? mediaType,
      cell: (manifest) => (
        <span className="block truncate" title={manifest.artifactType ?? manifest.mediaType}>
          {kindOf(manifest)}
        </span>
      ),
    },
    isAbout
      ? {
          id: 'subject',
          header: 'About',
          width: '13rem',
          card: 'line',
          skeleton: 18,
          csv: ({ subject }) => subject,
          cell: ({ subject }) =>
            subject && (
              <Link
                href={manifestHref(repository, subject)}
                className="rounded-sm text-accent hover:underline"
              >
                {digest(subject)}
              </Link>
            ),
        }
      : {
          id: 'tags',
          header: 'Tags',
          width: '15rem',
          card: 'line',
          skeleton: 16,
          csv: ({ tags }) => tags.join(' '),
          cell: ({ tags }) => <Tags tags={tags} />,
        },
    {
      id: 'platforms',
      header: 'Platforms',
      width: '11rem',
      from: 'xl',
      card: 'hidden',
      skeleton: 12,
      csv: ({ platforms }) => platforms.join(' '),
      cell: ({ platforms }) => <Platforms platforms={platforms} />,
    },
    sizeColumn(({ size }) => size, { width: '6rem' }),
    timeColumn(({ createdAt }) => createdAt, { header: 'Pushed', width: '6.5rem', card: 'end' }),
  ])
}

const SHOWN = 3

function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return <span className="text-ink-faint">untagged</span>
  return (
    <span className="flex min-w-0 flex-wrap gap-1" title={tags.join(', ')}>
      {tags.slice(0, SHOWN).map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {tags.length > SHOWN && <Badge>…</Badge>}
    </span>
  )
}

interface ManifestTableProps {
  repository: RepositoryDetail
  /** `referrers`: those that are about another manifest. */
  only?: 'referrers'
  filter: RepositoryFilter
  onFilter: (patch: Partial<RepositoryFilter>) => void
}

/** The manifests of a repository, newest first, tagged or not. */
export function ManifestTable({ repository, only, filter: { cursor }, onFilter }: ManifestTableProps) {
  const manifests = useQuery({
    ...manifestsOf(repository, { cursor, only }),
    placeholderData: keepPreviousData,
  })
  const columns = useMemo(() => columnsFor(repository, only === 'referrers'), [repository, only])
  return (
    <DataTable
      label={only === 'referrers' ? 'Referrers' : 'Manifests'}
      query={manifests}
      columns={columns}
      empty={
        <EmptyState
          icon={FileJson}
          sentence={
            only === 'referrers'
              ? 'Nothing here is about another manifest. Signatures, attestations and bills of material come with a subject and show here.'
              : 'No manifest is in this repository.'
          }
          command={only && `cosign sign ${repository.host}/${repository.name}@sha256:…`}
        />
      }
      pagination={
        <Pagination
          cursor={cursor}
          nextCursor={manifests.data?.nextCursor}
          onCursor={(next) => onFilter({ cursor: next })}
        />
      }
    />
  )
}
