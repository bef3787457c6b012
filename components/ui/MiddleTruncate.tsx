import { cx } from '@/components/ui/class-names'

interface MiddleTruncateProps {
  text: string
  /** Characters of the end that always stay. */
  tail?: number
  mono?: boolean
}

/** One line that loses its middle when there is no room: the end of a URL or digest says as much as its start. */
export function MiddleTruncate({ text, tail = 12, mono = true }: MiddleTruncateProps) {
  const cut = Math.max(0, text.length - tail)
  return (
    <span
      title={text}
      className={cx('inline-flex min-w-0 max-w-full whitespace-nowrap', mono && 'font-mono text-xs')}
    >
      {cut > 0 && <span className="truncate whitespace-pre">{text.slice(0, cut)}</span>}
      <span className="shrink-0 whitespace-pre">{text.slice(cut)}</span>
    </span>
  )
}
