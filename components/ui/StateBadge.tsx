'use client'

import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { toneLooks } from '@/components/ui/Badge'
import { cx } from '@/components/ui/class-names'
import { Popover } from '@/components/ui/Popover'
import { type StateName, stateLook } from '@/components/ui/states'

interface StateBadgeProps {
  state: StateName
  /** Why it is so: the server's error, attempts, next try, what to do. Makes the badge open it. */
  cause?: ReactNode
}

const look = 'inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-full px-2 text-xs'

/** A state of the vocabulary, as icon and word; with a cause it is a button that opens it. */
export function StateBadge({ state, cause }: StateBadgeProps) {
  const { tone, icon: Icon, word, isMoving } = stateLook(state)
  const content = (
    <>
      <Icon aria-hidden size={12} className={cx('shrink-0', isMoving && 'animate-breathe')} />
      {word}
    </>
  )
  if (cause === undefined || cause === null)
    return <span className={cx(look, toneLooks[tone])}>{content}</span>
  return (
    <Popover
      label={`Why: ${word}`}
      look={cx(look, toneLooks[tone], 'pr-1.5 hover:brightness-95')}
      button={
        <>
          {content}
          <ChevronDown aria-hidden size={11} />
          <span className="sr-only">, show why</span>
        </>
      }
    >
      <div className="p-3">{cause}</div>
    </Popover>
  )
}
