import type { ReactNode } from 'react'

export interface Column<Item> {
  id: string
  header: string
  /** Without one the column is in the CSV file alone. */
  cell?: (item: Item) => ReactNode
  /** Whether there is nothing to show of it: a dash in a table, and nothing at all on a card. */
  isBlank?: (item: Item) => boolean
  /** CSS width; one column, the one that matters, has none and takes what is left. */
  width?: string
  align?: 'start' | 'end'
  /** The header is only read out: for a column of buttons. */
  hiddenHeader?: true
  /** Hidden on screens narrower than this. */
  from?: 'lg' | 'xl'
  /** Place on a narrow screen's card; by default one of the small facts. */
  card?: 'head' | 'line' | 'end' | 'hidden'
  /** Width of its skeleton, in `ch`. */
  skeleton?: number
  /** What the CSV file holds; left out of it without. */
  csv?: (item: Item) => string | number | null
}

/** Columns of a DataTable, made once; the first holds the row's link. */
export function columnsOf<Item>(columns: readonly Column<Item>[]): Column<Item>[] {
  return [...columns]
}
