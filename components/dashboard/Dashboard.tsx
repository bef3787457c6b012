'use client'

import { useQuery } from '@tanstack/react-query'
import { Figures } from '@/components/dashboard/Figures'
import { FirstSteps } from '@/components/dashboard/FirstSteps'
import { overviewNow } from '@/components/dashboard/queries'
import { RecentFailures } from '@/components/dashboard/RecentFailures'
import { everyDay } from '@/components/downloads/days'
import type { Installation } from '@/components/setup/recipes'
import { Chart } from '@/components/ui/Chart'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { useNow } from '@/components/ui/use-now'
import { sentenceOf } from '@/components/use-action'

const DAYS = 30
const series = [{ key: 'count', label: 'Downloads' }]

/** What is stored, what waits, and what needs a person; on a fresh installation, what to do first. */
export function Dashboard({ installation }: { installation: Installation }) {
  const { data: overview, error } = useQuery(overviewNow)
  const now = useNow()
  if (!overview) return error ? <Notice tone="failed">{sentenceOf(error)}</Notice> : <Skeleton height={90} />
  const { pending, fetching, stored, failed } = overview.files
  const images = Object.values(overview.images).reduce((sum, count) => sum + count, 0)
  const isFresh = pending + fetching + stored + failed + images === 0
  if (isFresh) return <FirstSteps installation={installation} />
  return (
    <>
      <Figures overview={overview} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        {now ? (
          <Chart
            title={`Downloads per day, last ${DAYS} days`}
            points={everyDay(overview.downloads, DAYS, now)}
            series={series}
            format="count"
            xLabel="Day"
            empty="No client has fetched anything from here yet. Set one up, and its downloads are counted here."
          />
        ) : (
          <Panel title={`Downloads per day, last ${DAYS} days`}>
            <Skeleton height={204} />
          </Panel>
        )}
        <RecentFailures failures={overview.recentFailures} />
      </div>
    </>
  )
}
