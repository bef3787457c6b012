'use client'

import { ShieldCheck } from 'lucide-react'
import { type DragEvent, useState } from 'react'
import { BoardCard } from '@/components/apt/board/BoardCard'
import { type CardPlace, cardKey } from '@/components/apt/board/cards'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Count } from '@/components/ui/Count'
import { cx } from '@/components/ui/class-names'
import type { Board } from '@/server/apt/packages/schema'

interface BoardColumnProps {
  repo: string
  column: Board['columns'][number]
  isCompact: boolean
  isFiltered: boolean
  selected: ReadonlySet<string>
  /** What is being dragged, from wherever. */
  dragged: readonly CardPlace[] | undefined
  /** Where cards are to move as soon as somebody approves, by key. */
  asked: ReadonlyMap<string, string>
  /** Why nothing can be moved. */
  refusal: string | undefined
  onToggle: (key: string) => void
  onDrag: (card: CardPlace | undefined) => void
  onDrop: () => void
  onMove: (card: CardPlace) => void
  /** Undefined when no more can be shown at once. */
  onMore: (() => void) | undefined
}

/** One branch: its source versions, and where cards of other branches can be dropped. */
export function BoardColumn(props: BoardColumnProps) {
  const { repo, column, isCompact, isFiltered, selected, dragged, refusal, onDrop, onMore } = props
  const { branch, cards, total, approvalRequired } = column
  const [isOver, setOver] = useState(false)
  const takes = dragged !== undefined && dragged[0]?.branch !== branch
  const over = (event: DragEvent) => {
    if (!takes) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'move'
    setOver(true)
  }
  const leave = (event: DragEvent) => {
    const { relatedTarget, currentTarget } = event
    if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (takes) onDrop()
  }
  return (
    <li
      data-branch={branch}
      aria-label={branch}
      onDragOver={over}
      onDragLeave={leave}
      onDrop={drop}
      className={cx(
        'flex min-w-0 snap-start flex-col rounded-lg border bg-sunken transition-colors',
        takes && isOver
          ? 'border-accent bg-accent-soft'
          : takes
            ? 'border-line-strong border-dashed'
            : 'border-line',
      )}
    >
      <div className="flex h-10 items-center gap-2 px-3">
        <h2 title={branch} className="min-w-0 truncate text-sm">
          {branch}
        </h2>
        <span className="text-ink-muted text-xs">
          <Count value={total} />
        </span>
        {approvalRequired && (
          <span className="ml-auto">
            <Badge icon={ShieldCheck}>by approval</Badge>
          </span>
        )}
      </div>
      <ul
        aria-label={`Source versions in ${branch}`}
        className={cx(
          'flex min-h-24 flex-col overflow-y-auto px-2 pb-2 md:max-h-[max(24rem,calc(100dvh-19rem))]',
          isCompact ? 'gap-1' : 'gap-1.5',
        )}
      >
        {cards.map((card) => {
          const place = { branch, source: card.source, version: card.version }
          const key = cardKey(place)
          return (
            <BoardCard
              key={key}
              repo={repo}
              card={card}
              branch={branch}
              isCompact={isCompact}
              isSelected={selected.has(key)}
              isDragged={dragged?.some((one) => cardKey(one) === key) ?? false}
              askedFor={props.asked.get(key)}
              refusal={refusal}
              onToggle={() => props.onToggle(key)}
              onDragStart={() => props.onDrag(place)}
              onDragEnd={() => props.onDrag(undefined)}
              onMove={() => props.onMove(place)}
            />
          )
        })}
        {cards.length === 0 && (
          <li className="px-2 py-6 text-center text-ink-muted text-xs">
            {isFiltered ? 'Nothing here matches.' : 'Nothing is in this branch yet.'}
          </li>
        )}
        {cards.length < total && (
          <li className="flex flex-col items-center gap-1 py-2 text-ink-muted text-xs">
            {onMore ? (
              <Button size="small" variant="quiet" onClick={onMore}>
                Show more
              </Button>
            ) : (
              <span>
                The newest {cards.length} of <Count value={total} />. Search for the others.
              </span>
            )}
          </li>
        )}
      </ul>
    </li>
  )
}
