import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '@/components/ui/class-names'

export type Tone = 'neutral' | 'accent' | 'ok' | 'working' | 'attention' | 'failed'

export const toneLooks: Record<Tone, string> = {
  neutral: 'bg-neutral-soft text-ink-muted',
  accent: 'bg-accent-soft text-accent',
  ok: 'bg-ok-soft text-ok',
  working: 'bg-working-soft text-working',
  attention: 'bg-attention-soft text-attention',
  failed: 'bg-failed-soft text-failed',
}

interface BadgeProps {
  tone?: Tone
  icon?: LucideIcon
  children: ReactNode
}

/** A word with a colour: a team, a role, a scope. For states use StateBadge. */
export function Badge({ tone = 'neutral', icon: Icon, children }: BadgeProps) {
  return (
    <span
      className={cx(
        'inline-flex h-5 max-w-full items-center gap-1 whitespace-nowrap rounded-full px-2 text-xs',
        toneLooks[tone],
      )}
    >
      {Icon && <Icon aria-hidden size={12} className="shrink-0" />}
      <span className="truncate">{children}</span>
    </span>
  )
}
