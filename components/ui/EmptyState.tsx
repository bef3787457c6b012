import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Snippet } from '@/components/ui/Snippet'

interface EmptyStateProps {
  icon?: LucideIcon
  /** What this place is for, as one sentence. */
  sentence: string
  /** The one next step, a Button. */
  action?: ReactNode
  /** A command that does the same. */
  command?: string
}

/** Nothing here yet: what it is for, the next step, and the command that does the same. */
export function EmptyState({ icon: Icon, sentence, action, command }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-4 px-6 py-14 text-center">
      {Icon && (
        <span className="inline-flex size-10 items-center justify-center rounded-full bg-sunken text-ink-faint">
          <Icon aria-hidden size={19} />
        </span>
      )}
      <p className="max-w-md text-balance text-ink-muted text-sm">{sentence}</p>
      {action}
      {command !== undefined && (
        <div className="w-full max-w-lg text-left">
          <Snippet code={command} label="Command that does the same" />
        </div>
      )}
    </div>
  )
}
