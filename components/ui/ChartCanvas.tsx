'use client'

import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  Legend,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { ChartProps } from '@/components/ui/Chart'
import { chartFormats } from '@/components/ui/chart-formats'

const colours = ['var(--color-accent)', 'var(--color-ok)', 'var(--color-attention)', 'var(--color-ink-faint)']
const text = { fill: 'var(--color-ink-muted)', fontSize: 11 }

/** What Chart draws; in a file of its own so that the library loads with the first chart only. */
export function ChartCanvas({ points, series, format, kind = 'bars' }: ChartProps) {
  const Frame = kind === 'bars' ? BarChart : AreaChart
  const { axis, full, ticks } = chartFormats[format]
  const greatest = Math.max(
    ...points.map((point) => series.reduce((sum, { key }) => sum + Number(point[key] ?? 0), 0)),
  )
  const places = ticks?.(greatest)
  return (
    <ResponsiveContainer width="100%" height="100%">
      <Frame data={[...points]} margin={{ top: 6, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis dataKey="x" tick={text} tickLine={false} axisLine={false} minTickGap={28} />
        <YAxis
          tick={text}
          tickLine={false}
          axisLine={false}
          width={format === 'size' ? 64 : 40}
          tickFormatter={axis}
          allowDecimals={false}
          interval={0}
          {...(places && { ticks: places, domain: [0, places.at(-1) ?? 0] })}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--color-hover)', stroke: 'var(--color-line)' }}
          formatter={(value) => full(Number(value))}
          contentStyle={{
            background: 'var(--color-raised)',
            border: '1px solid var(--color-line)',
            borderRadius: 6,
            fontSize: 12,
            padding: '4px 8px',
          }}
          labelStyle={{ color: 'var(--color-ink-muted)' }}
          itemStyle={{ color: 'var(--color-ink)', padding: 0 }}
        />
        {series.length > 1 && <Legend iconSize={8} wrapperStyle={{ fontSize: 12 }} />}
        {series.map(({ key, label }, index) =>
          kind === 'bars' ? (
            <Bar
              key={key}
              dataKey={key}
              name={label}
              stackId="all"
              fill={colours[index]}
              maxBarSize={22}
              radius={index === series.length - 1 ? [2, 2, 0, 0] : 0}
              isAnimationActive={false}
            />
          ) : (
            <Area
              key={key}
              dataKey={key}
              name={label}
              stackId="all"
              stroke={colours[index]}
              fill={colours[index]}
              fillOpacity={0.14}
              strokeWidth={1.5}
              isAnimationActive={false}
            />
          ),
        )}
      </Frame>
    </ResponsiveContainer>
  )
}
