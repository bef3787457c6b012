import type { ReportLine } from '@/server/apt/uploads/schema'
import type { ErrorCode } from '@/server/errors'

/** Refusals of an upload, the most telling first: what the answer as a whole is. */
const weights: readonly ErrorCode[] = ['forbidden', 'conflict', 'too_large', 'unprocessable']

/** What is said about an upload while it is checked. */
export class Report {
  readonly lines: ReportLine[] = []
  #code: ErrorCode | undefined

  /** @param code what kind of refusal it is; a report with one is a rejection. */
  error(message: string, about: { file?: string; code?: 'forbidden' | 'conflict' | 'too_large' } = {}): void {
    const { file, code = 'unprocessable' } = about
    this.lines.push({ level: 'error', ...(file !== undefined && { file }), message })
    if (this.#code === undefined || weights.indexOf(code) < weights.indexOf(this.#code)) this.#code = code
  }

  warn(message: string, file?: string): void {
    this.lines.push({ level: 'warning', ...(file !== undefined && { file }), message })
  }

  note(message: string, file?: string): void {
    this.lines.push({ level: 'note', ...(file !== undefined && { file }), message })
  }

  /** Of the rejection; undefined while there is nothing to reject. */
  get code(): ErrorCode | undefined {
    return this.#code
  }
}

/** The first error, on one line: what lists and status lines show. */
export function firstError(lines: readonly ReportLine[]): string | null {
  const first = lines.find(({ level }) => level === 'error')
  if (first === undefined) return null
  return first.file === undefined ? first.message : `${first.file}: ${first.message}`
}

/** A report as plain text, one line each. */
export function formatReport(lines: readonly ReportLine[]): string {
  return lines
    .map(({ level, file, message }) => `${level}: ${file === undefined ? '' : `${file}: `}${message}\n`)
    .join('')
}
