'use client'

import { ArrowRightLeft, Clock } from 'lucide-react'
import Link from 'next/link'
import { cardKey, partsOf } from '@/components/apt/board/cards'
import { repositoryHref, sourceHref } from '@/components/apt/places'
import { Badge } from '@/components/ui/Badge'
import { Checkbox } from '@/components/ui/Checkbox'
import { cx } from '@/components/ui/class-names'
import { IconButton } from '@/components/ui/IconButton'
import { Time } from '@/components/ui/Time'
import type { BoardCard as Card } from '@/server/apt/packages/schema'

interface BoardCardProps {
  repo: string
  card: Card
  branch: string
  isCompact: boolean
  isSelected: boolean
  isDragged: boolean
  /** The branch that it is to move into as soon as somebody approves. */
  askedFor: string | undefined
  refusal: string | undefined
  onToggle: () => void
  onDragStart: () => void
  onDragEnd: () => void
  onMove: () => void
}

/** One source version in a branch. Dragging is for pointers; the button and the key `m` do the same. */
export function BoardCard(props: BoardCardProps) {
  const { repo, card, branch, isCompact, isSelected, isDragged, askedFor, refusal } = props
  const { source, version, component, summary, placedAt } = card
  const title = `${source} ${version}`
  return (
    <li
      data-row={cardKey({ branch, source, version })}
      draggable={refusal === undefined}
      onDragStart={(event) => {
        event.dataTransfer.setData('text/plain', title)
        event.dataTransfer.effectAllowed = 'move'
        props.onDragStart()
      }}
      onDragEnd={props.onDragEnd}
      className={cx(
        'group relative rounded-md border shadow-low',
        isCompact ? 'px-2 py-1' : 'px-2.5 py-2',
        refusal === undefined && 'cursor-grab active:cursor-grabbing',
        isSelected
          ? 'border-accent bg-accent-soft'
          : 'border-line bg-surface focus-within:border-line-strong hover:border-line-strong',
        isDragged && 'opacity-50',
      )}
    >
      <div className="flex min-w-0 items-center gap-2">
        <Checkbox label={`Select ${title}`} hiddenLabel checked={isSelected} onChange={props.onToggle} />
        <Link
          href={sourceHref(repo, source, { version })}
          prefetch={false}
          draggable={false}
          title={source}
          className="min-w-0 truncate rounded-sm font-strong text-sm hover:text-accent hover:underline"
        >
          {source}
        </Link>
        <span title={version} className="ml-auto min-w-0 shrink truncate font-mono text-xs">
          {version}
        </span>
        <IconButton
          size="small"
          icon={ArrowRightLeft}
          label={`Move ${title}`}
          disabled={refusal !== undefined}
          onClick={props.onMove}
        />
      </div>
      {!isCompact && (
        <div className="mt-1 flex flex-col gap-0.5 pl-6 text-ink-muted text-xs">
          <span title={summary} className="truncate">
            {summary}
          </span>
          <span className="flex gap-2">
            <span title={partsOf(card)} className="min-w-0 truncate">
              {component === 'main' ? '' : `${component} · `}
              {partsOf(card)}
            </span>
            <span className="ml-auto shrink-0">
              <Time at={placedAt} />
            </span>
          </span>
        </div>
      )}
      {askedFor !== undefined && (
        <Link
          href={repositoryHref(repo, { tab: 'moves' })}
          prefetch={false}
          draggable={false}
          className="mt-1 ml-6 inline-flex rounded-full"
        >
          <Badge tone="attention" icon={Clock}>
            asked for {askedFor}
          </Badge>
        </Link>
      )}
    </li>
  )
}
