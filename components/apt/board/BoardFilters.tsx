'use client'

import { Rows2, Rows4 } from 'lucide-react'
import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import { FilterBar } from '@/components/ui/FilterBar'
import { Kbd } from '@/components/ui/Kbd'
import { Segments } from '@/components/ui/Segments'
import type { RepositoryDetail } from '@/server/apt/schema'

const densities = [
  { value: 'comfortable', label: 'Roomy', icon: Rows2 },
  { value: 'compact', label: 'Dense', icon: Rows4 },
] as const

interface BoardFiltersProps {
  repository: RepositoryDetail
  filter: RepositoryFilter
  onFilter: RepositoryFilterChange
  /** Whether there is anything to move. */
  hasCards: boolean
  /** Why nothing can be moved. */
  refusal: string | undefined
}

/** What the board shows, how close, and the keys that work on it. */
export function BoardFilters(props: BoardFiltersProps) {
  const { filter, onFilter, hasCards, refusal } = props
  const { components } = props.repository
  const { q, component, density } = filter
  return (
    <div className="flex flex-col gap-2">
      <FilterBar
        searchLabel="Search packages"
        search={q}
        onSearch={(next) => onFilter({ q: next }, 'replace')}
        onClear={() => onFilter({ q: undefined, component: undefined })}
        filters={
          components.length < 2
            ? []
            : [
                {
                  any: 'Any component',
                  label: 'Component',
                  value: component,
                  options: components.map((name) => ({ value: name, label: name })),
                  onChange: (next) => onFilter({ component: next }),
                },
              ]
        }
      >
        <div className="max-sm:hidden">
          <Segments
            label="Density"
            options={densities}
            value={density ?? 'comfortable'}
            onChange={(next) => onFilter({ density: next === 'compact' ? 'compact' : undefined })}
          />
        </div>
      </FilterBar>
      {hasCards &&
        (refusal === undefined ? (
          <Hints />
        ) : (
          <p className="text-ink-muted text-xs">{refusal} You see the board, and cannot move packages.</p>
        ))}
    </div>
  )
}

function Hints() {
  return (
    <p className="hidden flex-wrap items-center gap-x-3 gap-y-1 text-ink-muted text-xs md:flex">
      <span>Drag a card to another branch, or:</span>
      <span className="inline-flex items-center gap-1">
        <Kbd>j</Kbd> <Kbd>k</Kbd> <Kbd>←</Kbd> <Kbd>→</Kbd> go
      </span>
      <span className="inline-flex items-center gap-1">
        <Kbd>x</Kbd> select
      </span>
      <span className="inline-flex items-center gap-1">
        <Kbd>m</Kbd> move
      </span>
    </p>
  )
}
