'use client'

import { useLayoutEffect, useRef } from 'react'
import { cx } from '@/components/ui/class-names'
import { formatExact } from '@/components/ui/format'
import type { TaskLogLine } from '@/server/tasks/schema'

const NEAR_END_PX = 40
const looks = { info: '', warn: 'text-attention', error: 'text-failed' }
const marks = { info: '', warn: 'Warning: ', error: 'Error: ' }

/** What a task has said, in its own words; stays at the end while one reads there. */
export function TaskLog({ lines }: { lines: readonly TaskLogLine[] }) {
  const frame = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  // The scroll position is the browser's: it follows new lines unless the reader has scrolled up.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useLayoutEffect(() => {
    if (frame.current && isAtEnd.current) frame.current.scrollTop = frame.current.scrollHeight
  }, [lines.length])
  if (lines.length === 0) {
    return <p className="px-4 py-6 text-center text-ink-muted text-sm">The task has said nothing so far.</p>
  }
  return (
    <div
      ref={frame}
      role="log"
      aria-label="Log of the task"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX
      }}
      className="max-h-112 overflow-y-auto px-4 py-3 font-mono text-xs leading-5 focus-visible:-outline-offset-2"
    >
      <ol>
        {lines.map(({ id, at, level, message }) => (
          <li key={id} className="flex gap-3 max-sm:flex-col max-sm:gap-0 max-sm:pb-1.5">
            <time dateTime={at} title={formatExact(new Date(at))} className="shrink-0 text-ink-faint">
              {at.slice(11, 19)}
            </time>
            <span className={cx('min-w-0 whitespace-pre-wrap', looks[level])}>
              {marks[level]}
              {message}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
