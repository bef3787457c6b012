'use client'

import { useQuery } from '@tanstack/react-query'
import { ListTree, Lock } from 'lucide-react'
import { AccessPanel } from '@/components/registry/AccessPanel'
import { Commands } from '@/components/registry/Commands'
import { loginCommands, pullCommands, pushCommands } from '@/components/registry/commands'
import type { RepositoryFilter } from '@/components/registry/filter'
import { Hints } from '@/components/registry/Hints'
import { ManifestTable } from '@/components/registry/ManifestTable'
import { nodeHref } from '@/components/registry/places'
import { repositoryAt } from '@/components/registry/queries'
import { RepositoryFacts } from '@/components/registry/RepositoryFacts'
import { TagTable } from '@/components/registry/TagTable'
import { Uploads } from '@/components/registry/Uploads'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { Tabs } from '@/components/ui/Tabs'
import { useUrlState } from '@/components/url-state'
import type { RepositoryDetail } from '@/server/oci/schema'

interface RepositoryViewProps {
  cluster: string
  name: string
}

type TabName = NonNullable<RepositoryFilter['tab']>

/** One repository: its tags, manifests, referrers and hints, who may do what, and what is on its way. */
export function RepositoryView({ cluster, name }: RepositoryViewProps) {
  const [filter, setFilter] = useUrlState<RepositoryFilter>()
  const { data: repository } = useQuery(repositoryAt({ cluster, name }))
  if (!repository) return null
  const { host, isPlain } = repository
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
        actions={
          <Button icon={ListTree} href={nodeHref(cluster, name)}>
            Below it
          </Button>
        }
      />
      <DetailLayout aside={<RepositoryFacts repository={repository} />}>
        <Tabs
          label="Parts of the repository"
          value={filter.tab ?? 'tags'}
          onChange={(value) =>
            setFilter({ tab: value === 'tags' ? undefined : (value as TabName), q: undefined })
          }
          tabs={[
            tab('tags', 'Tags', <TagTable {...table} />, repository.tags),
            tab('manifests', 'Manifests', <ManifestTable {...table} />, repository.manifests),
            tab(
              'referrers',
              'Referrers',
              <ManifestTable {...table} only="referrers" />,
              repository.referrers,
            ),
            tab('hints', 'Hints', <Hints repository={repository} />),
            tab('access', 'Access', <AccessPanel cluster={cluster} path={name} />),
            tab('uploads', 'Uploads', <Uploads cluster={cluster} name={name} />, repository.uploads),
          ]}
        />
        {filter.tab !== 'access' && repository.tags > 0 && (
          <UseIt repository={repository} isPlain={isPlain} host={host} />
        )}
      </DetailLayout>
    </>
  )
}

interface UseItProps {
  repository: RepositoryDetail
  host: string
  isPlain: boolean
}

function UseIt({ repository: { name }, host, isPlain }: UseItProps) {
  const place = { host, isPlain, name, reference: '<tag>' }
  return (
    <>
      <Panel title="Pull">
        <Commands label="Pull commands" commands={pullCommands(place)} />
      </Panel>
      <Panel title="Push">
        <Commands label="Push commands" commands={pushCommands(place)} />
      </Panel>
      <Panel title="Sign in">
        <p className="pb-3 text-ink-muted text-sm">
          Any user name does; the password is one of your tokens. To push, it needs the scope “push”.
        </p>
        <Commands label="Sign-in commands" commands={loginCommands({ host, isPlain })} />
      </Panel>
    </>
  )
}
