'use client'

import dynamic from 'next/dynamic'
import { type ChartFormat, chartFormats } from '@/components/ui/chart-formats'
import { Panel } from '@/components/ui/Panel'
import { ScrollRegion } from '@/components/ui/ScrollRegion'
import { Skeleton } from '@/components/ui/Skeleton'

const ChartCanvas = dynamic(async () => (await import('@/components/ui/ChartCanvas')).ChartCanvas, {
  ssr: false,
  loading: () => <Skeleton height={180} />,
})

export interface ChartSeries {
  key: string
  label: string
}

export interface ChartProps {
  /** The question it answers: “Downloads per day”. */
  title: string
  /** `x` is the label on the axis: a day, a host. */
  points: readonly ({ x: string } & Record<string, string | number>)[]
  /** At most four. One has no legend. */
  series: readonly ChartSeries[]
  format: ChartFormat
  /** What `x` is, for the table: “Day”. */
  xLabel: string
  kind?: 'bars' | 'area'
  /** Said when there is nothing to draw. */
  empty: string
}

/** A trend or a share, with the figures behind it as a table. The library loads when a chart comes into the page. */
export function Chart(props: ChartProps) {
  const { title, points, series, format, xLabel, empty } = props
  const isEmpty = points.every((point) => series.every(({ key }) => !point[key]))
  if (isEmpty) {
    return (
      <Panel title={title}>
        <p className="py-10 text-center text-ink-muted text-sm">{empty}</p>
      </Panel>
    )
  }
  const show = chartFormats[format].full
  return (
    <Panel title={title}>
      <figure className="flex flex-col gap-2">
        <div aria-hidden className="h-45">
          <ChartCanvas {...props} />
        </div>
        <details className="text-xs">
          <summary className="w-fit rounded-sm text-ink-muted hover:text-ink">The figures</summary>
          <div className="mt-2">
            <ScrollRegion label={`${title}, figures`} axis="y">
              <table className="w-full">
                <thead>
                  <tr className="text-left text-ink-muted">
                    <th className="py-1 font-normal">{xLabel}</th>
                    {series.map(({ key, label }) => (
                      <th key={key} className="py-1 text-right font-normal">
                        {label}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {points.map((point) => (
                    <tr key={point.x} className="border-line border-t">
                      <td className="py-1">{point.x}</td>
                      {series.map(({ key }) => (
                        <td key={key} className="py-1 text-right">
                          {show(Number(point[key] ?? 0))}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollRegion>
          </div>
        </details>
      </figure>
    </Panel>
  )
}
