import type { Column } from '@/components/ui/columns'

/** A cell as CSV has it (RFC 4180), and harmless in a spreadsheet, which would run what looks like a formula. */
export function csvCell(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Lines of CSV, the first with the names of the columns. */
export function csvText(lines: readonly (readonly (string | number | null | undefined)[])[]): string {
  return lines.map((line) => `${line.map(csvCell).join(',')}\r\n`).join('')
}

/** Items as CSV: the columns that have a value for it. */
export function csvOf<Item>(
  columns: readonly Pick<Column<Item>, 'header' | 'csv'>[],
  items: readonly Item[],
): string {
  const wanted = columns.filter(({ csv }) => csv)
  return csvText([
    wanted.map(({ header }) => header),
    ...items.map((item) => wanted.map((column) => column.csv?.(item))),
  ])
}

/** Has the browser save a file. */
export function saveFile({ name, text, type }: { name: string; text: string; type: string }): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
