'use client'

import { formatExact, formatRelative } from '@/components/ui/format'
import { useNow } from '@/components/ui/use-now'

interface TimeProps {
  /** ISO instant; null shows a dash. */
  at: string | null
  format?: 'relative' | 'exact'
}

/** An instant as people say it, kept up to date; the exact one in their own zone on hover. */
export function Time({ at, format = 'relative' }: TimeProps) {
  const now = useNow()
  if (at === null) return <span className="text-ink-faint">–</span>
  const instant = new Date(at)
  const exact = formatExact(instant, now === undefined ? 'utc' : 'local')
  return (
    <time dateTime={at} title={exact} className="whitespace-nowrap tabular-nums" suppressHydrationWarning>
      {format === 'exact' ? exact : formatRelative(instant, now ?? new Date())}
    </time>
  )
}
