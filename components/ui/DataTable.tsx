'use client'

import { Download, RotateCw } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { Button } from '@/components/ui/Button'
import { cx } from '@/components/ui/class-names'
import type { Column } from '@/components/ui/columns'
import { csvOf, saveFile } from '@/components/ui/csv'
import { DataGrid, type Selection } from '@/components/ui/DataGrid'
import { Notice } from '@/components/ui/Notice'
import { useRowKeys } from '@/components/ui/use-row-keys'
import { sentenceOf } from '@/components/use-action'

/** The part of a react-query result that a list shows; pass the result itself. */
export interface ListQuery<Item> {
  data: { items: Item[]; nextCursor: string | null } | undefined
  error: Error | null
  isFetching: boolean
  refetch: () => unknown
}

interface DataTableProps<Item extends { id: string }> {
  /** What is listed, read out: “Tasks”. */
  label: string
  query: ListQuery<Item>
  /** Made once, outside the component or with `useMemo`. The first column holds the row's link. */
  columns: readonly Column<Item>[]
  /** Shown when there is nothing: an EmptyState, or other words when filters are set. */
  empty: ReactNode
  selection?: Selection
  /** Name of the file, without ending, that the CSV button saves; columns with `csv` go into it. */
  csv?: string
  /** At the end of the foot: a Pagination. */
  pagination?: ReactNode
}

/**
 * Rows of one kind. Keeps rows on screen while it reads again, under a thin bar; shows skeletons of the same shape at first,
 * the server's sentence when it fails, cards on narrow screens. `j`/`k` move, Enter opens, `x` selects.
 */
export function DataTable<Item extends { id: string }>(props: DataTableProps<Item>) {
  const { label, query, columns, empty, selection } = props
  const frame = useRef<HTMLDivElement>(null)
  const items = query.data?.items
  const toggle = (id: string) => {
    if (!selection) return
    const ids = new Set(selection.ids)
    if (!ids.delete(id)) ids.add(id)
    selection.onChange(ids)
  }
  useRowKeys(frame, selection && toggle)
  const isEmpty = items !== undefined && items.length === 0
  return (
    <div ref={frame} className="relative flex min-w-0 flex-col gap-2">
      <section
        aria-label={label}
        className="relative min-w-0 overflow-clip rounded-lg border border-line bg-surface"
      >
        <FetchingBar isShown={query.isFetching && items !== undefined} />
        {query.error && (
          <div className="p-3">
            <Notice
              tone="failed"
              action={
                <Button size="small" icon={RotateCw} onClick={() => query.refetch()}>
                  Try again
                </Button>
              }
            >
              {sentenceOf(query.error)}
            </Notice>
          </div>
        )}
        {isEmpty
          ? empty
          : (items || !query.error) && (
              <DataGrid
                label={label}
                items={items}
                columns={columns.filter(({ cell }) => cell)}
                selection={selection}
                onToggle={toggle}
              />
            )}
      </section>
      <Foot {...props} />
      {selection && selection.ids.size > 0 && <BulkBar selection={selection} />}
    </div>
  )
}

function FetchingBar({ isShown }: { isShown: boolean }) {
  return (
    <div
      aria-hidden
      className={cx('absolute inset-x-0 top-0 z-10 h-0.5 overflow-hidden', !isShown && 'invisible')}
    >
      <div className="h-full w-2/7 animate-bar bg-accent" />
    </div>
  )
}

function Foot<Item extends { id: string }>({ label, query, columns, csv, pagination }: DataTableProps<Item>) {
  const items = query.data?.items ?? []
  if (items.length === 0) return pagination
  const save = () => {
    saveFile({ name: `${csv}.csv`, text: csvOf(columns, items), type: 'text/csv' })
  }
  return (
    <div className="flex min-h-7 items-center gap-2 text-ink-muted text-xs">
      <span aria-live="polite">{items.length} shown</span>
      {csv !== undefined && (
        <Button
          size="small"
          variant="quiet"
          icon={Download}
          onClick={save}
          aria-label={`Save ${label} as CSV`}
        >
          CSV
        </Button>
      )}
      <div className="ml-auto">{pagination}</div>
    </div>
  )
}

function BulkBar({ selection }: { selection: Selection }) {
  return (
    <div
      role="toolbar"
      aria-label="Selected rows"
      className="sticky bottom-3 z-20 mx-auto flex w-fit max-w-full animate-rise flex-wrap items-center gap-2 rounded-lg bg-raised px-3 py-2 shadow-high"
    >
      <span className="pr-1 text-sm">{selection.ids.size} selected</span>
      {selection.actions}
      <Button size="small" variant="quiet" onClick={() => selection.onChange(new Set())}>
        Clear
      </Button>
    </div>
  )
}
