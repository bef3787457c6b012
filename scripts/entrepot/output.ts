import { ApiError } from '@/server/api/client'
import { AppError } from '@/server/errors'

export interface GlobalOptions {
  url?: string
  json?: boolean
}

/** Prints a result: as JSON for programs, or in lines for people. */
export function print(options: GlobalOptions, result: unknown, lines: () => string[]): void {
  const text = options.json ? JSON.stringify(result, null, 2) : lines().join('\n')
  if (text !== '') process.stdout.write(`${text}\n`)
}

/** What went wrong, on standard error, field by field where the server said so. @returns the exit code. */
export function printError(options: GlobalOptions, error: unknown): number {
  const { code, message, fields } = describe(error)
  if (options.json) process.stderr.write(`${JSON.stringify({ error: { code, message, fields } })}\n`)
  else {
    const shown = fields.filter((field) => field.message !== message)
    const lines = shown.map((field) => `  ${field.path}: ${field.message}`)
    process.stderr.write(`${[message, ...lines].join('\n')}\n`)
  }
  return 1
}

interface Described {
  code: string
  message: string
  fields: { path: string; message: string }[]
}

function describe(error: unknown): Described {
  if (error instanceof ApiError || error instanceof AppError) {
    return { code: error.code, message: error.message, fields: error.fields }
  }
  if (error instanceof TypeError && error.message === 'fetch failed') {
    const message = `Entrepôt does not answer (${causeOf(error)}). Start it with \`npm start\`, or set ENTREPOT_URL.`
    return { code: 'unavailable', message, fields: [] }
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'internal', message, fields: [] }
}

/** Why fetch got no answer; of several addresses tried, the code is all there is. */
function causeOf({ cause }: Error): string {
  const { message, code } = (cause ?? {}) as NodeJS.ErrnoException
  return message || code || 'no reason given'
}

/** Columns as wide as their widest cell. */
export function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Bytes in binary units. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10))
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}
