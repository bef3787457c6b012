'use client'

import { useQuery } from '@tanstack/react-query'
import { ListTree, Rows3, ShieldCheck } from 'lucide-react'
import { ClusterFigures } from '@/components/registry/ClusterFigures'
import { FirstPush } from '@/components/registry/FirstPush'
import type { RegistryFilter } from '@/components/registry/filter'
import { NodePath } from '@/components/registry/NodePath'
import { NodeTable } from '@/components/registry/NodeTable'
import { accessHref } from '@/components/registry/places'
import { clustersNow, uploadsOf } from '@/components/registry/queries'
import { RepositoryTable } from '@/components/registry/RepositoryTable'
import { Uploads } from '@/components/registry/Uploads'
import { Button } from '@/components/ui/Button'
import { FilterBar } from '@/components/ui/FilterBar'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { Segments } from '@/components/ui/Segments'
import { Skeleton } from '@/components/ui/Skeleton'
import { useUrlState } from '@/components/url-state'
import { sentenceOf } from '@/components/use-action'
import type { RegistryCluster } from '@/server/oci/schema'

const views = [
  { value: 'tree', label: 'Tree', icon: ListTree },
  { value: 'flat', label: 'Flat', icon: Rows3 },
] as const

/** The registry: its clusters, and the tree of nodes with the repositories of one. */
export function RegistryBrowser() {
  const [filter, setFilter] = useUrlState<RegistryFilter>()
  const { data: clusters, error } = useQuery(clustersNow)
  const chosen = clusters?.find(({ name }) => name === filter.cluster) ?? clusters?.[0]
  const path = filter.path ?? ''
  return (
    <>
      <PageHeader
        title="Registry"
        description="What your teams push. An image’s name is also its node, and the rules of the node say who may pull and push."
        actions={
          chosen && (
            <Button icon={ShieldCheck} href={accessHref(chosen.name, path)}>
              Access
            </Button>
          )
        }
      />
      {error && <Notice tone="failed">{sentenceOf(error)}</Notice>}
      {!chosen && !error && <Skeleton height={90} />}
      {clusters && chosen && (
        <>
          <ClusterFigures clusters={clusters} chosen={chosen.name} />
          {chosen.repositories === 0 ? (
            <Empty cluster={chosen} />
          ) : (
            <>
              <FilterBar
                searchLabel="Search repositories"
                search={filter.q}
                onSearch={(q) => setFilter({ q }, 'replace')}
                onClear={() => setFilter({ q: undefined })}
              >
                <Segments
                  label="View"
                  options={views}
                  value={filter.view ?? 'tree'}
                  onChange={(view) => setFilter({ view: view === 'flat' ? 'flat' : undefined })}
                />
              </FilterBar>
              <NodePath cluster={chosen.name} path={path} />
              {filter.view === 'flat' || filter.q ? (
                <RepositoryTable cluster={chosen.name} filter={filter} onFilter={setFilter} />
              ) : (
                <NodeTable cluster={chosen.name} filter={filter} onFilter={setFilter} />
              )}
            </>
          )}
          <UploadActivity cluster={chosen.name} />
        </>
      )}
    </>
  )
}

function Empty({ cluster: { host, isPlain } }: { cluster: RegistryCluster }) {
  return (
    <Panel title="Push the first image">
      <FirstPush
        place={{ host, isPlain, name: 'team/app', reference: '1.0' }}
        sentence="No image is in this cluster yet. Three commands bring the first one."
      />
    </Panel>
  )
}

/** Shown while something comes. */
function UploadActivity({ cluster }: { cluster: string }) {
  const { data } = useQuery(uploadsOf(cluster, {}))
  if (!data || data.items.length === 0) return null
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h2 className="text-base">Uploads under way</h2>
      <Uploads cluster={cluster} />
    </section>
  )
}
