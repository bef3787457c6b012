import { formatCount, formatShort, formatSize } from '@/components/ui/format'

export type ChartFormat = 'count' | 'size' | 'percent'

interface Format {
  axis: (value: number) => string
  full: (value: number) => string
  /** Where the lines of the axis are, when the chart library would choose odd places. */
  ticks?: (greatest: number) => number[]
}

const LINES = 4

/** Round places on an axis of bytes: multiples of a power of two, at most five with zero. */
export function sizeTicks(greatest: number): number[] {
  const step = 2 ** Math.ceil(Math.log2(Math.max(greatest, LINES) / LINES))
  const count = Math.max(1, Math.ceil(greatest / step))
  return Array.from({ length: count + 1 }, (_, index) => index * step)
}

const shortSize = (value: number) => formatSize(value).replace(/\.0+ /, ' ')

/** How the figures of a chart are written: short on the axis, whole elsewhere. */
export const chartFormats: Record<ChartFormat, Format> = {
  count: { axis: formatShort, full: formatCount },
  size: { axis: shortSize, full: formatSize, ticks: sizeTicks },
  percent: { axis: (value) => `${Math.round(value)} %`, full: (value) => `${value.toFixed(1)} %` },
}
