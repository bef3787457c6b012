'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Container, Folder, ShieldCheck } from 'lucide-react'
import { useMemo } from 'react'
import type { RegistryFilter } from '@/components/registry/filter'
import { accessHref, nodeHref, repositoryHref, writtenNode } from '@/components/registry/places'
import { nodesBelow } from '@/components/registry/queries'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Count } from '@/components/ui/Count'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import type { RegistryNode } from '@/server/oci/schema'

const MOST_COUNTED = 1000

const columnsFor = (cluster: string) =>
  columnsOf<RegistryNode>([
    {
      id: 'name',
      header: 'Node',
      card: 'head',
      skeleton: 30,
      csv: ({ path }) => path,
      cell: ({ name, path, isRepository }) => {
        const Icon = isRepository ? Container : Folder
        return (
          <RowLink href={isRepository ? repositoryHref({ cluster, name: path }) : nodeHref(cluster, path)}>
            <Icon aria-hidden size={15} className="mr-2 shrink-0 text-ink-faint" />
            <span className="truncate font-mono text-xs">{isRepository ? name : `${name}/`}</span>
          </RowLink>
        )
      },
    },
    {
      id: 'what',
      header: 'What',
      width: '14rem',
      skeleton: 10,
      cell: ({ isRepository, hasRules, path }) => (
        <span className="flex flex-wrap gap-1">
          {isRepository && <Badge tone="accent">repository</Badge>}
          {hasRules && (
            <a href={accessHref(cluster, path)} className="rounded-full">
              <Badge icon={ShieldCheck}>own rules</Badge>
            </a>
          )}
        </span>
      ),
    },
    {
      id: 'repositories',
      header: 'Repositories',
      width: '9rem',
      align: 'end',
      card: 'end',
      skeleton: 8,
      csv: ({ repositories }) => repositories,
      cell: ({ hasChildren, path, repositories, isRepository }) => {
        if (!hasChildren) return <span className="text-ink-faint">{isRepository ? '–' : 'empty'}</span>
        const count = (
          <>
            {repositories >= MOST_COUNTED && 'over '}
            <Count value={repositories - (isRepository ? 1 : 0)} />
            <span className="md:hidden"> below</span>
          </>
        )
        if (!isRepository) return count
        return (
          <Button size="small" variant="quiet" href={nodeHref(cluster, path)}>
            {count}
            <span className="max-md:hidden"> below</span>
          </Button>
        )
      },
    },
  ])

interface NodeTableProps {
  cluster: string
  filter: RegistryFilter
  onFilter: (patch: Partial<RegistryFilter>) => void
}

/** The steps directly below a node: open one, or the repository that is there. */
export function NodeTable({ cluster, filter, onFilter }: NodeTableProps) {
  const path = filter.path ?? ''
  const nodes = useQuery({
    ...nodesBelow(cluster, { path, cursor: filter.cursor }),
    placeholderData: keepPreviousData,
  })
  const columns = useMemo(() => columnsFor(cluster), [cluster])
  return (
    <DataTable
      label={`Nodes below ${writtenNode(path)}`}
      query={nodes}
      columns={columns}
      empty={
        <EmptyState icon={Folder} sentence="Nothing is below this node, or nothing that you may read." />
      }
      pagination={
        <Pagination
          cursor={filter.cursor}
          nextCursor={nodes.data?.nextCursor}
          onCursor={(cursor) => onFilter({ cursor })}
        />
      }
    />
  )
}
