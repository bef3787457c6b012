'use client'

import { type QueryKey, useQuery } from '@tanstack/react-query'
import { byTeam, everyDay, shortDay } from '@/components/downloads/days'
import { Chart } from '@/components/ui/Chart'
import { Count } from '@/components/ui/Count'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { useNow } from '@/components/ui/use-now'
import { sentenceOf } from '@/components/use-action'
import type { Downloads } from '@/server/mirror/schema'

const DAYS = 30
const series = [{ key: 'count', label: 'Downloads' }]

interface DownloadPanelsProps {
  /** What was downloaded, and how it is read. */
  query: { queryKey: QueryKey; queryFn: () => Promise<Downloads> }
}

/** Who fetched it from here, by day and by team: what would break without it. */
export function DownloadPanels({ query }: DownloadPanelsProps) {
  const { data, error } = useQuery(query)
  const now = useNow()
  if (error) return <Notice tone="failed">{sentenceOf(error)}</Notice>
  if (!data || !now) {
    return (
      <Panel title="Downloads">
        <Skeleton height={180} />
      </Panel>
    )
  }
  if (data.total === 0) {
    return (
      <Panel title="Downloads">
        <p className="text-ink-muted text-sm">No client has fetched it from here so far.</p>
      </Panel>
    )
  }
  const teams = byTeam(data.teams)
  return (
    <>
      <Chart
        title={`Downloads per day, last ${DAYS} days`}
        points={everyDay(data.days, DAYS, now)}
        series={series}
        format="count"
        xLabel="Day"
        empty={`None in the last ${DAYS} days; the last one was on ${data.lastDay === null ? 'an unknown day' : shortDay(data.lastDay)}.`}
      />
      <Panel title="Downloads by team">
        <ul className="flex flex-col gap-2">
          {teams.map(({ x, count }) => (
            <TeamShare key={x} team={x} count={count} most={teams[0]?.count ?? count} />
          ))}
        </ul>
      </Panel>
    </>
  )
}

function TeamShare({ team, count, most }: { team: string; count: number; most: number }) {
  return (
    <li className="grid grid-cols-[minmax(6rem,10rem)_minmax(0,1fr)_auto] items-center gap-3 text-sm">
      <span className="truncate">{team}</span>
      <span
        aria-hidden
        className="h-2 rounded-full bg-accent"
        style={{ width: `${Math.max(1, (100 * count) / most)}%` }}
      />
      <Count value={count} noun="download" />
    </li>
  )
}
