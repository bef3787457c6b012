import { cx } from '@/components/ui/class-names'

interface ProgressBarProps {
  /** What progresses, read out. */
  label: string
  done: number
  /** Null while the end is not known. */
  total: number | null
  tone?: 'working' | 'ok' | 'failed' | 'neutral'
  size?: 'thin' | 'medium'
}

const fills = { working: 'bg-working', ok: 'bg-ok', failed: 'bg-failed', neutral: 'bg-ink-faint' }

/** How far it is; a moving piece while nobody knows. */
export function ProgressBar({ label, done, total, tone = 'working', size = 'medium' }: ProgressBarProps) {
  const share = total === null || total <= 0 ? undefined : Math.min(100, (100 * done) / total)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === undefined ? undefined : Math.round(share)}
      className={cx('w-full overflow-hidden rounded-full bg-line', size === 'thin' ? 'h-1' : 'h-1.5')}
    >
      <div
        className={cx(
          'h-full rounded-full transition-[width] duration-300',
          fills[tone],
          share === undefined && 'w-2/7 animate-bar',
        )}
        style={share === undefined ? undefined : { width: `${share}%` }}
      />
    </div>
  )
}
