// biome-ignore-all lint/a11y/noRedundantRoles: cards set `display`, which takes a table's meaning away unless roles are written out
// biome-ignore-all lint/a11y/useSemanticElements: as above
'use client'

import type { ReactNode } from 'react'
import { Checkbox } from '@/components/ui/Checkbox'
import { cx } from '@/components/ui/class-names'
import type { Column } from '@/components/ui/columns'
import { Skeleton } from '@/components/ui/Skeleton'

export interface Selection {
  ids: ReadonlySet<string>
  onChange: (ids: ReadonlySet<string>) => void
  /** Buttons for what is selected. */
  actions: ReactNode
}

const SKELETON_ROWS = [0, 1, 2, 3, 4, 5, 6, 7]

interface GridProps<Item> {
  label: string
  items: readonly Item[] | undefined
  columns: readonly Column<Item>[]
  selection: Selection | undefined
  onToggle: (id: string) => void
}

/** The rows of a DataTable: a table, or cards on narrow screens; skeletons while `items` is undefined. */
export function DataGrid<Item extends { id: string }>(props: GridProps<Item>) {
  const { label, items, columns, selection, onToggle } = props
  return (
    <table
      role="table"
      aria-label={label}
      aria-busy={items === undefined}
      className="w-full max-md:block md:table-fixed"
    >
      <Head {...props} />
      <tbody role="rowgroup" className="max-md:block">
        {items === undefined
          ? SKELETON_ROWS.map((row) => <SkeletonRow key={row} columns={columns} selection={selection} />)
          : items.map((item) => (
              <BodyRow
                key={item.id}
                item={item}
                columns={columns}
                selection={selection}
                onToggle={onToggle}
              />
            ))}
      </tbody>
    </table>
  )
}

function Head<Item extends { id: string }>({ items = [], columns, selection }: GridProps<Item>) {
  const chosen = selection ? items.filter(({ id }) => selection.ids.has(id)).length : 0
  const all = chosen === 0 ? false : chosen === items.length ? true : 'indeterminate'
  const selectAll = (checked: boolean) =>
    selection?.onChange(new Set(checked ? items.map(({ id }) => id) : []))
  return (
    <thead role="rowgroup" className="max-md:hidden">
      <tr role="row" className="border-line border-b">
        {selection && (
          <th role="columnheader" className="w-9 pl-3">
            <span className="flex pb-0.5">
              <Checkbox label="Select all shown" hiddenLabel checked={all} onChange={selectAll} />
            </span>
          </th>
        )}
        {columns.map(({ id, header, width, align, hiddenHeader, from }) => (
          <th
            key={id}
            role="columnheader"
            style={{ width }}
            className={cx(
              'h-9 truncate px-3 font-normal text-ink-muted text-xs',
              align === 'end' ? 'text-right' : 'text-left',
              from && fromLooks[from],
            )}
          >
            <span className={hiddenHeader && 'sr-only'}>{header}</span>
          </th>
        ))}
      </tr>
    </thead>
  )
}

const rowLook =
  'border-line border-b last:border-b-0 max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:gap-y-1 max-md:px-3 max-md:py-2.5'

const fromLooks = { lg: 'md:max-lg:hidden', xl: 'md:max-xl:hidden' }

/** On a card the head is the first line; the others follow as they fit. */
const cardLooks = {
  head: 'max-md:order-first max-md:basis-full',
  line: 'max-md:basis-full',
  end: 'max-md:ml-auto',
  hidden: 'max-md:hidden',
  fact: 'max-md:text-ink-muted',
}

type Look = Pick<Column<never>, 'align' | 'card' | 'from'>

function cellLook({ align, card, from }: Look): string {
  return cx(
    'h-10 px-3 py-1.5 align-middle text-sm max-md:h-auto max-md:min-w-0 max-md:p-0',
    align === 'end' && 'tabular-nums md:text-right',
    cardLooks[card ?? 'fact'],
    from && fromLooks[from],
  )
}

interface BodyRowProps<Item> extends Pick<GridProps<Item>, 'columns' | 'selection' | 'onToggle'> {
  item: Item
}

function BodyRow<Item extends { id: string }>({ item, columns, selection, onToggle }: BodyRowProps<Item>) {
  const isSelected = selection?.ids.has(item.id) ?? false
  return (
    <tr
      role="row"
      data-row={item.id}
      aria-selected={selection ? isSelected : undefined}
      className={cx(rowLook, 'focus-within:bg-hover hover:bg-hover', isSelected && 'bg-accent-soft')}
    >
      {selection && (
        <td role="cell" className="pl-3 align-middle max-md:pl-0">
          <span className="flex pb-0.5">
            <Checkbox
              label="Select this row"
              hiddenLabel
              checked={isSelected}
              onChange={() => onToggle(item.id)}
            />
          </span>
        </td>
      )}
      {columns.map((column) => (
        <BodyCell key={column.id} item={item} column={column} />
      ))}
    </tr>
  )
}

function BodyCell<Item>({ item, column }: { item: Item; column: Column<Item> }) {
  if (!column.isBlank?.(item)) {
    return (
      <td role="cell" className={cellLook(column)}>
        {column.cell?.(item)}
      </td>
    )
  }
  return (
    <td role="cell" className={cx(cellLook(column), 'text-ink-faint max-md:hidden')}>
      –
    </td>
  )
}

function SkeletonRow<Item>({ columns, selection }: Pick<GridProps<Item>, 'columns' | 'selection'>) {
  return (
    <tr role="row" className={rowLook}>
      {selection && <td role="cell" className="pl-3" />}
      {columns.map((column) => (
        <td key={column.id} role="cell" className={cellLook(column)}>
          <span className={cx('flex h-5 items-center', column.align === 'end' && 'md:justify-end')}>
            <Skeleton width={column.skeleton ?? 12} />
          </span>
        </td>
      ))}
    </tr>
  )
}
