import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Tone, toneLooks } from '@/components/ui/Badge'
import { cx } from '@/components/ui/class-names'
import { Time } from '@/components/ui/Time'

export interface TimelineEvent {
  id: string
  /** ISO instant. */
  at: string
  icon: LucideIcon
  tone?: Tone
  title: ReactNode
  detail?: ReactNode
}

/** What happened, in the order given. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  return (
    <ol className="flex flex-col">
      {events.map(({ id, at, icon: Icon, tone = 'neutral', title, detail }) => (
        <li key={id} className="group relative flex gap-3 pb-4 last:pb-0">
          <span aria-hidden className="absolute top-6 bottom-0 left-3 w-px bg-line group-last:hidden" />
          <span
            className={cx(
              'z-10 inline-flex size-6 shrink-0 items-center justify-center rounded-full',
              toneLooks[tone],
            )}
          >
            <Icon aria-hidden size={13} />
          </span>
          <div className="min-w-0 flex-1 pt-0.5 text-sm">
            <div className="flex flex-wrap items-baseline gap-x-2">
              <span className="min-w-0">{title}</span>
              <span className="text-ink-faint text-xs">
                <Time at={at} />
              </span>
            </div>
            {detail !== undefined && <div className="mt-0.5 text-ink-muted">{detail}</div>}
          </div>
        </li>
      ))}
    </ol>
  )
}
