import type { ReactNode } from 'react'

interface DetailLayoutProps {
  /** The facts, at the right; after the story on narrow screens. */
  aside: ReactNode
  /** The story. */
  children: ReactNode
}

/** The body of a detail page: the story at the left, the facts at the right. */
export function DetailLayout({ aside, children }: DetailLayoutProps) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] xl:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-4">{children}</div>
      <div className="flex min-w-0 flex-col gap-4">{aside}</div>
    </div>
  )
}
