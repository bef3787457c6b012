import { formatCount, formatSize } from '@/components/ui/format'

/** Bytes in binary units; the exact number on hover. Null shows a dash. */
export function Size({ bytes }: { bytes: number | null }) {
  if (bytes === null) return <span className="text-ink-faint">–</span>
  return (
    <span title={`${formatCount(bytes)} bytes`} className="whitespace-nowrap tabular-nums">
      {formatSize(bytes)}
    </span>
  )
}
