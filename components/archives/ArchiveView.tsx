'use client'

import { useQuery } from '@tanstack/react-query'
import { PencilLine, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ArchiveState } from '@/components/archives/ArchiveState'
import { ArchiveUsers } from '@/components/archives/ArchiveUsers'
import { archiveKeys, archiveList, removeArchive, usesOf } from '@/components/archives/queries'
import { everyDay } from '@/components/downloads/days'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { Chart } from '@/components/ui/Chart'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Copyable } from '@/components/ui/Copyable'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { formatSize } from '@/components/ui/format'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { Time } from '@/components/ui/Time'
import { useNow } from '@/components/ui/use-now'
import { sentenceOf, useAction } from '@/components/use-action'
import type { Archive } from '@/server/archives/schema'

const EditArchive = dynamic(async () => (await import('@/components/archives/EditArchive')).EditArchive, {
  ssr: false,
})

const DAYS = 30
const series = [{ key: 'count', label: 'Downloads' }]

/** One archive: who still uses it, and until when it is served. */
export function ArchiveView({ name }: { name: string }) {
  const { data: archives, error } = useQuery(archiveList)
  const archive = archives?.find((one) => one.name === name)
  const [asking, ask] = useState<'edit' | 'remove'>()
  const refusal = useRefusal('archive.manage')
  if (error) return <Notice tone="failed">{sentenceOf(error)}</Notice>
  if (!archives) return <Skeleton height={320} />
  if (!archive) return <Notice tone="attention">There is no archive “{name}”.</Notice>
  return (
    <>
      <PageHeader
        back={{ href: '/archives', label: 'Archives' }}
        title={name}
        state={<ArchiveState archive={archive} />}
        description={archive.description}
        actions={
          <>
            <Button icon={Trash2} disabledReason={refusal} onClick={() => ask('remove')}>
              Remove
            </Button>
            <Button icon={PencilLine} disabledReason={refusal} onClick={() => ask('edit')}>
              Change
            </Button>
          </>
        }
      />
      <DetailLayout aside={<Facts archive={archive} />}>
        <Uses name={name} />
      </DetailLayout>
      {asking === 'edit' && <EditArchive archive={archive} onClose={() => ask(undefined)} />}
      {asking === 'remove' && <RemoveArchive name={name} onClose={() => ask(undefined)} />}
    </>
  )
}

function Uses({ name }: { name: string }) {
  const { data: uses, error } = useQuery(usesOf(name))
  const now = useNow()
  if (error) return <Notice tone="failed">{sentenceOf(error)}</Notice>
  if (!uses || !now) {
    return (
      <Panel title={`Downloads per day, last ${DAYS} days`}>
        <Skeleton height={180} />
      </Panel>
    )
  }
  const days = uses.days.map(({ day, downloads, bytes }) => ({ day, count: downloads, bytes }))
  return (
    <>
      <Chart
        title={`Downloads per day, last ${DAYS} days`}
        points={everyDay(days, DAYS, now)}
        series={series}
        format="count"
        xLabel="Day"
        empty={`Nobody has fetched anything in the last ${DAYS} days.`}
      />
      <ArchiveUsers items={uses.items} />
    </>
  )
}

function Facts({ archive }: { archive: Archive }) {
  const { url, kind, location, pointer, goneFrom, lastUsedAt, createdAt, bytes } = archive
  return (
    <Panel title="Facts">
      <DefinitionList
        items={[
          { term: 'URL', detail: <Copyable value={url} label="URL" tail={18} /> },
          {
            term: kind === 'directory' ? 'Directory' : 'Storage',
            detail: <Copyable value={location} label="its place" tail={18} />,
          },
          { term: 'Last use', detail: lastUsedAt === null ? 'never' : <Time at={lastUsedAt} /> },
          { term: 'Fetched', detail: `${formatSize(bytes)} in 30 days` },
          { term: 'Buried from', detail: goneFrom ?? 'no day is set' },
          { term: 'Instead', detail: pointer && <Pointer to={pointer} /> },
          { term: 'Since', detail: <Time at={createdAt} /> },
        ]}
      />
    </Panel>
  )
}

/** Where to go instead: a sentence, or a URL that can be followed. */
function Pointer({ to }: { to: string }) {
  if (!/^https?:\/\/\S+$/.test(to)) return to
  return (
    <a href={to} rel="noreferrer" className="break-all rounded-sm text-accent hover:underline">
      {to}
    </a>
  )
}

function RemoveArchive({ name, onClose }: { name: string; onClose: () => void }) {
  const router = useRouter()
  const remove = useAction(removeArchive, {
    faults: 'form',
    invalidates: [archiveKeys.all],
    success: `${name} is no longer served.`,
    onSuccess: () => router.push('/archives'),
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${name}`}
      lost="It answers 404 from now on, without a word on where to go. To tell clients, set a day of burial instead."
      kept="The tree itself is not touched; what was counted goes."
      name={name}
      verb="Remove the archive"
      pending={remove.pending}
      error={remove.error}
      onConfirm={() => remove.run({ name })}
    />
  )
}
