'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ArrowRightLeft, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useRef, useState } from 'react'
import { BoardColumn } from '@/components/apt/board/BoardColumn'
import { BoardFilters } from '@/components/apt/board/BoardFilters'
import { askedFor, type CardPlace, cardKey, cardOf, toggled } from '@/components/apt/board/cards'
import { FirstUpload } from '@/components/apt/board/FirstUpload'
import { boardOf, FIRST_CARDS } from '@/components/apt/board/queries'
import { useBoardKeys } from '@/components/apt/board/use-board-keys'
import { useKeptFocus } from '@/components/apt/board/use-kept-focus'
import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import { waitingRequestsOf } from '@/components/apt/moves/queries'
import { useAptRefusal } from '@/components/apt/use-apt-refusal'
import { Button } from '@/components/ui/Button'
import { Notice } from '@/components/ui/Notice'
import { Skeleton } from '@/components/ui/Skeleton'
import { sentenceOf } from '@/components/use-action'
import type { RepositoryDetail } from '@/server/apt/schema'

const MoveDialog = dynamic(async () => (await import('@/components/apt/board/MoveDialog')).MoveDialog, {
  ssr: false,
})
const RemoveDialog = dynamic(async () => (await import('@/components/apt/board/RemoveDialog')).RemoveDialog, {
  ssr: false,
})

const MOST_CARDS = 200
const nothing: ReadonlySet<string> = new Set()

interface BoardProps {
  repository: RepositoryDetail
  filter: RepositoryFilter
  onFilter: RepositoryFilterChange
}

interface Moving {
  cards: readonly CardPlace[]
  to?: string
}

/** The branches side by side. A card is a source version; dragged to another column, or with `m`, it is promoted, plan first. */
export function Board({ repository, filter, onFilter }: BoardProps) {
  const { q, component, density } = filter
  const frame = useRef<HTMLDivElement>(null)
  const [limit, setLimit] = useState(FIRST_CARDS)
  const [selected, select] = useState(nothing)
  const [dragged, drag] = useState<readonly CardPlace[]>()
  const [moving, move] = useState<Moving>()
  const [removing, remove] = useState<readonly CardPlace[]>()
  const refusal = useAptRefusal('apt.move', repository)
  const query = boardOf(repository.name, { q, component, limit })
  const { data: board, error, isPlaceholderData } = useQuery({ ...query, placeholderData: keepPreviousData })
  const requests = useQuery({
    ...waitingRequestsOf(repository.name),
    enabled: repository.waitingRequests > 0,
  })
  const asked = askedFor(requests.data?.items ?? [])
  const chosen = board ? [...selected].flatMap((key) => cardOf(board, key) ?? []) : []
  /** All that is selected when the card is one of it; else the card alone. */
  const together = (card: CardPlace) => (selected.has(cardKey(card)) ? chosen : [card])
  const toggle = (key: string) => select(toggled(selected, key))
  useBoardKeys(frame, {
    onToggle: toggle,
    onMove: (key) => {
      if (refusal !== undefined || !board) return
      const card = key === undefined ? undefined : cardOf(board, key)
      const cards = card ? together(card) : chosen
      if (cards.length > 0) move({ cards })
    },
  })
  const keptFocus = useKeptFocus(frame, board)
  const isFiltered = q !== undefined || component !== undefined
  const isUnused = !isFiltered && board !== undefined && board.columns.every(({ total }) => total === 0)
  const done = () => select(nothing)
  return (
    <>
      <BoardFilters
        repository={repository}
        filter={filter}
        onFilter={onFilter}
        hasCards={!isUnused}
        refusal={refusal}
      />
      {error && <Notice tone="failed">{sentenceOf(error)}</Notice>}
      <div ref={frame} {...keptFocus} aria-busy={isPlaceholderData} className="relative min-w-0">
        <ul
          aria-label="Branches"
          className="grid auto-cols-[minmax(min(17rem,80vw),1fr)] grid-flow-col gap-3 overflow-x-auto pb-2 max-md:items-start max-sm:snap-x max-sm:snap-mandatory"
        >
          {!board && !error
            ? repository.branches.map(({ name }) => <ColumnSkeleton key={name} name={name} />)
            : board?.columns.map((column) => (
                <BoardColumn
                  key={column.branch}
                  repo={repository.name}
                  column={column}
                  isCompact={density === 'compact'}
                  isFiltered={isFiltered}
                  selected={selected}
                  dragged={dragged}
                  asked={asked}
                  refusal={refusal}
                  onToggle={toggle}
                  onDrag={(card) => drag(card && together(card))}
                  onDrop={() => {
                    if (dragged) move({ cards: dragged, to: column.branch })
                    drag(undefined)
                  }}
                  onMove={(card) => move({ cards: together(card) })}
                  onMore={limit === FIRST_CARDS ? () => setLimit(MOST_CARDS) : undefined}
                />
              ))}
        </ul>
        {chosen.length > 0 && (
          <div
            role="toolbar"
            aria-label="Selected cards"
            className="sticky bottom-3 z-20 mx-auto mt-2 flex w-fit max-w-full animate-rise flex-wrap items-center gap-2 rounded-lg bg-raised px-3 py-2 shadow-high"
          >
            <span className="pr-1 text-sm">
              {chosen.length} selected in {chosen[0]?.branch}
            </span>
            <Button
              size="small"
              icon={ArrowRightLeft}
              disabledReason={refusal}
              onClick={() => move({ cards: chosen })}
            >
              Move
            </Button>
            <Button size="small" icon={Trash2} disabledReason={refusal} onClick={() => remove(chosen)}>
              Take out
            </Button>
            <Button size="small" variant="quiet" onClick={done}>
              Clear
            </Button>
          </div>
        )}
      </div>
      {isUnused && <FirstUpload repository={repository} />}
      {moving && (
        <MoveDialog repository={repository} {...moving} onClose={() => move(undefined)} onDone={done} />
      )}
      {removing && (
        <RemoveDialog
          repo={repository.name}
          cards={removing}
          onClose={() => remove(undefined)}
          onDone={done}
        />
      )}
    </>
  )
}

const SKELETONS = [0, 1, 2, 3]

function ColumnSkeleton({ name }: { name: string }) {
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-lg border border-line bg-sunken p-2">
      <div className="flex h-8 items-center px-1 font-strong text-sm">{name}</div>
      {SKELETONS.map((card) => (
        <div key={card} className="rounded-md border border-line bg-surface p-3">
          <Skeleton width={18} height={40} />
        </div>
      ))}
    </li>
  )
}
