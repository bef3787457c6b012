'use client'

import { useQuery } from '@tanstack/react-query'
import { Lock } from 'lucide-react'
import dynamic from 'next/dynamic'
import type { RepositoryFilter } from '@/components/registry/filter'
import { nodeHref } from '@/components/registry/places'
import { repositoryAt } from '@/components/registry/queries'
import { RepositoryCommands } from '@/components/registry/RepositoryCommands'
import { RepositoryFacts } from '@/components/registry/RepositoryFacts'
import { RepositoryOptions } from '@/components/registry/RepositoryOptions'
import { TagTable } from '@/components/registry/TagTable'
import { Badge } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { PageHeader } from '@/components/ui/PageHeader'
import { Tabs } from '@/components/ui/Tabs'
import { useUrlState } from '@/components/url-state'

// What a tab needs is loaded with the tab.
const AccessPanel = dynamic(async () => (await import('@/components/registry/AccessPanel')).AccessPanel)
const Hints = dynamic(async () => (await import('@/components/registry/Hints')).Hints)
const ManifestTable = dynamic(async () => (await import('@/components/registry/ManifestTable')).ManifestTable)
const Uploads = dynamic(async () => (await import('@/components/registry/Uploads')).Uploads)

interface RepositoryViewProps {
  cluster: string
  name: string
  /** Base URL of the portal. */
  portal: string
}

type TabName = NonNullable<RepositoryFilter['tab']>

/** One repository: its tags, manifests, referrers and hints, who may do what, and what is on its way. */
export function RepositoryView({ cluster, name, portal }: RepositoryViewProps) {
  const [filter, setFilter] = useUrlState<RepositoryFilter>()
  const { data: repository } = useQuery(repositoryAt({ cluster, name }))
  if (!repository) return null
  const { host } = repository
  const above = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : ''
  const table = { repository, filter, onFilter: setFilter }
  const tab = (value: TabName, label: string, content: React.ReactNode, count?: number) => ({
    value,
    label,
    content,
    count,
  })
  return (
    <>
      <PageHeader
        back={{ href: nodeHref(cluster, above), label: 'Registry' }}
        title={<span className="break-words font-mono text-lg">{name}</span>}
        state={repository.immutableTags && <Badge icon={Lock}>immutable tags</Badge>}
        description={<Copyable value={`${host}/${name}`} label="name for clients" tail={24} />}
      />
      <Tabs
        label="Parts of the repository"
        value={filter.tab ?? 'tags'}
        onChange={(value) =>
          setFilter({ tab: value === 'tags' ? undefined : (value as TabName), q: undefined })
        }
        tabs={[
          tab('tags', 'Tags', <TagTable {...table} />, repository.tags),
          tab('manifests', 'Manifests', <ManifestTable {...table} />, repository.manifests),
          tab('referrers', 'Referrers', <ManifestTable {...table} only="referrers" />, repository.referrers),
          tab('hints', 'Hints', <Hints repository={repository} portal={portal} />),
          tab('access', 'Access', <AccessPanel cluster={cluster} path={name} />),
          tab(
            'uploads',
            'Uploads',
            <Uploads cluster={cluster} name={name} />,
            repository.uploads || undefined,
          ),
        ]}
      />
      {filter.tab !== 'access' && (
        <DetailLayout aside={<RepositoryFacts repository={repository} />}>
          {repository.tags > 0 && <RepositoryCommands repository={repository} />}
          <RepositoryOptions repository={repository} />
        </DetailLayout>
      )}
    </>
  )
}
