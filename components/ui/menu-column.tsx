import type { Column } from '@/components/ui/columns'

/** The last column: what can be done with a row. @param menu one button that opens it. */
export function menuColumn<Item>(menu: NonNullable<Column<Item>['cell']>): Column<Item> {
  return {
    id: 'menu',
    header: 'Actions',
    hiddenHeader: true,
    width: '3rem',
    align: 'end',
    card: 'end',
    skeleton: 2,
    cell: menu,
  }
}
