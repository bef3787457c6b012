import type { Column } from '@/components/ui/columns'
import { OneLine } from '@/components/ui/OneLine'

/** A column of one line of text. @param textOf an item. @param rest its name, its width and the like. */
export function textColumn<Item>(
  textOf: (item: Item) => string,
  rest: Omit<Column<Item>, 'csv' | 'cell'>,
): Column<Item> {
  return { ...rest, csv: textOf, cell: (item) => <OneLine text={textOf(item)} /> }
}
