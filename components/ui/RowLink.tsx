import Link from 'next/link'
import type { ReactNode } from 'react'

/** The link of a row, in its first cell: the whole cell's width, one line. */
export function RowLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link
      href={href}
      prefetch={false}
      className="flex min-w-0 max-w-full items-center rounded-sm text-ink hover:text-accent hover:underline"
    >
      {children}
    </Link>
  )
}
