import type { Column } from '@/components/ui/columns'
import { Time } from '@/components/ui/Time'

/** A column of instants. @param instantOf of an item; null shows a dash. @param differing what is not as usual in this table. */
export function timeColumn<Item>(
  instantOf: (item: Item) => string | null,
  differing: Partial<Column<Item>> = {},
): Column<Item> {
  return {
    id: 'when',
    header: 'When',
    width: '7rem',
    align: 'end',
    skeleton: 8,
    csv: instantOf,
    cell: (item) => <Time at={instantOf(item)} />,
    ...differing,
  }
}
