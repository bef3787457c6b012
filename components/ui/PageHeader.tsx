import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'

interface PageHeaderProps {
  title: ReactNode
  /** Beside the title: a StateBadge. */
  state?: ReactNode
  /** One line below. */
  description?: ReactNode
  /** The two likeliest actions, the main one last, and a menu for the rest. */
  actions?: ReactNode
  /** The list it belongs to. */
  back?: { href: string; label: string }
}

/** The head of every page: where one is, its state, and what one can do. */
export function PageHeader({ title, state, description, actions, back }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-end gap-x-4 gap-y-3">
      <div className="flex min-w-0 flex-1 basis-80 flex-col gap-1">
        {back && (
          <Link
            href={back.href}
            className="-ml-1 inline-flex w-fit items-center rounded-sm text-ink-muted text-sm hover:text-ink"
          >
            <ChevronLeft aria-hidden size={15} />
            {back.label}
          </Link>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl tracking-tight">{title}</h1>
          {state}
        </div>
        {description !== undefined && (
          <div className="max-w-3xl text-pretty text-ink-muted text-sm">{description}</div>
        )}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}
