import { cx } from '@/components/ui/class-names'

const looks = { strong: 'font-strong', muted: 'text-ink-muted', small: 'text-ink-muted text-xs' }

/** Text that is cut at its end where there is no room for it, and whole on hover. */
export function OneLine({ text, look }: { text: string; look?: keyof typeof looks }) {
  return (
    <span title={text} className={cx('block min-w-0 truncate', look && looks[look])}>
      {text}
    </span>
  )
}
