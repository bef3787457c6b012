import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '@/components/ui/class-names'

type NoticeTone = 'info' | 'ok' | 'attention' | 'failed'

const tones: Record<NoticeTone, { look: string; icon: LucideIcon }> = {
  info: { look: 'bg-working-soft text-working', icon: Info },
  ok: { look: 'bg-ok-soft text-ok', icon: CircleCheck },
  attention: { look: 'bg-attention-soft text-attention', icon: TriangleAlert },
  failed: { look: 'bg-failed-soft text-failed', icon: CircleAlert },
}

interface NoticeProps {
  tone?: NoticeTone
  title?: string
  children?: ReactNode
  /** A button or link at its end. */
  action?: ReactNode
}

/** Something to know, in place. A failed one is read out at once. */
export function Notice({ tone = 'info', title, children, action }: NoticeProps) {
  const { look, icon: Icon } = tones[tone]
  return (
    <div
      role={tone === 'failed' ? 'alert' : 'status'}
      className={cx('flex items-start gap-2.5 rounded-md px-3 py-2.5 text-sm', look)}
    >
      <Icon aria-hidden size={16} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        {title !== undefined && <p className="font-strong">{title}</p>}
        {children !== undefined && <div className="text-ink">{children}</div>}
      </div>
      {action}
    </div>
  )
}
