import type { Column } from '@/components/ui/columns'
import { Size } from '@/components/ui/Size'

/** A column of sizes. @param bytesOf of an item; null shows a dash. @param differing what is not as usual in this table. */
export function sizeColumn<Item>(
  bytesOf: (item: Item) => number | null,
  differing: Partial<Column<Item>> = {},
): Column<Item> {
  return {
    id: 'size',
    header: 'Size',
    width: '6.5rem',
    align: 'end',
    skeleton: 7,
    csv: bytesOf,
    cell: (item) => <Size bytes={bytesOf(item)} />,
    ...differing,
  }
}
