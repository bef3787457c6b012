import type { ReactNode } from 'react'
import { cx } from '@/components/ui/class-names'

interface PanelProps {
  title?: string
  /** Beside the title, at the end. */
  actions?: ReactNode
  /** `flush` when the content brings its own edges: a table, a log. */
  padding?: 'normal' | 'flush'
  children: ReactNode
}

/** A framed part of a page. */
export function Panel({ title, actions, padding = 'normal', children }: PanelProps) {
  return (
    <section className="min-w-0 overflow-clip rounded-lg border border-line bg-surface">
      {(title !== undefined || actions !== undefined) && (
        <div className="flex min-h-11 items-center gap-3 border-line border-b px-4 py-1.5">
          {title !== undefined && <h2 className="flex-1 text-base">{title}</h2>}
          {actions}
        </div>
      )}
      <div className={cx(padding === 'normal' && 'p-4')}>{children}</div>
    </section>
  )
}
