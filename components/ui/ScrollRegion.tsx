import type { ReactNode } from 'react'

interface ScrollRegionProps {
  /** What is in it, read out. */
  label: string
  axis: 'x' | 'y'
  children: ReactNode
}

/** Content that scrolls inside the page: a region that keyboards can reach. */
export function ScrollRegion({ label, axis, children }: ScrollRegionProps) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: without focus the keyboard could not scroll it
      tabIndex={0}
      className={axis === 'x' ? 'overflow-x-auto' : 'max-h-60 overflow-y-auto'}
    >
      {children}
    </section>
  )
}
