'use client'

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/Button'

interface PaginationProps {
  cursor: string | undefined
  nextCursor: string | null | undefined
  /** Usually `(cursor) => setFilter({ cursor })` of `useUrlState`. */
  onCursor: (cursor: string | undefined) => void
}

/**
 * Newer and older of a list that pages by key. The way back is remembered while the page is open; a link into the middle
 * of a list goes back to its start.
 */
export function Pagination({ cursor, nextCursor, onCursor }: PaginationProps) {
  const [before, setBefore] = useState<ReadonlyMap<string, string | undefined>>(new Map())
  if (cursor === undefined && !nextCursor) return null
  const isKnown = cursor !== undefined && before.has(cursor)
  const older = () => {
    if (!nextCursor) return
    setBefore(new Map(before).set(nextCursor, cursor))
    onCursor(nextCursor)
  }
  return (
    <nav aria-label="Pages" className="flex items-center gap-1">
      {cursor !== undefined && (
        <Button size="small" variant="quiet" icon={ChevronLeft} onClick={() => onCursor(before.get(cursor))}>
          {isKnown ? 'Newer' : 'Newest'}
        </Button>
      )}
      {nextCursor && (
        <Button size="small" variant="quiet" onClick={older}>
          Older
          <ChevronRight aria-hidden size={13} />
        </Button>
      )}
    </nav>
  )
}
