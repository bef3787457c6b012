'use client'

import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import type { ReactNode } from 'react'
import { Board } from '@/components/apt/board/Board'
import type { RepositoryFilter, RepositoryTab } from '@/components/apt/filter'
import { repositoryByName } from '@/components/apt/queries'
import { useDrafts } from '@/components/apt/settings/drafts'
import { Badge } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Skeleton } from '@/components/ui/Skeleton'
import { Tabs } from '@/components/ui/Tabs'
import { useUrlState } from '@/components/url-state'
import { sentenceOf } from '@/components/use-action'

// What a tab needs is loaded with the tab.
const SourceTable = dynamic(async () => (await import('@/components/apt/packages/SourceTable')).SourceTable)
const Uploads = dynamic(async () => (await import('@/components/apt/uploads/Uploads')).Uploads)
const Snapshots = dynamic(async () => (await import('@/components/apt/snapshots/Snapshots')).Snapshots)
const Moves = dynamic(async () => (await import('@/components/apt/moves/Moves')).Moves)
const Keys = dynamic(async () => (await import('@/components/apt/keys/Keys')).Keys)
const SetMeUp = dynamic(async () => (await import('@/components/apt/setup/SetMeUp')).SetMeUp)
const Settings = dynamic(async () => (await import('@/components/apt/settings/Settings')).Settings)

/** What another tab would not know, or mean differently. */
const forgotten = {
  q: undefined,
  branch: undefined,
  component: undefined,
  architecture: undefined,
  state: undefined,
  from: undefined,
  to: undefined,
}

interface RepositoryViewProps {
  repo: string
  /** Base URL of the portal. */
  portal: string
}

/** One Debian repository: its board, and behind it packages, uploads, snapshots, moves, keys and settings. */
export function RepositoryView({ repo, portal }: RepositoryViewProps) {
  const [filter, setFilter] = useUrlState<RepositoryFilter>()
  const { data: repository, error } = useQuery(repositoryByName(repo))
  const drafts = useDrafts(repo)
  if (error) return <Notice tone="failed">{sentenceOf(error)}</Notice>
  if (!repository) return <Skeleton height={320} />
  const views = { repository, filter, onFilter: setFilter }
  const tab = (value: RepositoryTab, label: string, content: ReactNode, count?: number) => ({
    value,
    label,
    content,
    count,
  })
  const { team, description, waitingRequests } = repository
  return (
    <>
      <PageHeader
        back={{ href: '/debian', label: 'Debian repositories' }}
        title={repo}
        state={team !== null && <Badge>{team}</Badge>}
        description={
          <span className="flex min-w-0 flex-col">
            {description !== '' && <span>{description}</span>}
            <Copyable value={repository.url} label="URL for apt" tail={20} />
          </span>
        }
      />
      <Tabs
        label="Parts of the repository"
        value={filter.tab ?? 'board'}
        onChange={(value) =>
          setFilter({ ...forgotten, tab: value === 'board' ? undefined : (value as RepositoryTab) })
        }
        tabs={[
          tab('board', 'Board', <Board {...views} />),
          tab('packages', 'Packages', <SourceTable {...views} />),
          tab('uploads', 'Uploads', <Uploads {...views} />),
          tab('snapshots', 'Snapshots', <Snapshots {...views} />),
          tab('moves', 'Moves & requests', <Moves {...views} />, waitingRequests || undefined),
          tab('keys', 'Keys', <Keys repository={repository} />),
          tab('setup', 'Set me up', <SetMeUp {...views} portal={portal} />),
          {
            ...tab('settings', 'Settings', <Settings repository={repository} />),
            isUnsaved: drafts.size > 0,
          },
        ]}
      />
    </>
  )
}
