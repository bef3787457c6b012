import type { ReportLine } from '@/server/apt/uploads/schema'

const MAX_LINES = 500

/** What became of the packages of an import. */
export class ImportReport {
  /** New to the repository. */
  added = 0
  /** The repository had them, and the branch did not. */
  placed = 0
  /** In the branch already. */
  present = 0
  #skipped = 0
  readonly #lines: ReportLine[] = []

  /** A package that was left out, and why. */
  skip(message: string, file?: string): void {
    this.#skipped += 1
    this.warn(message, file)
  }

  /** Anything else that whoever imports should know. */
  warn(message: string, file?: string): void {
    if (this.#lines.length >= MAX_LINES) return
    this.#lines.push({
      level: 'warning',
      ...(file !== undefined && { file }),
      message: message.slice(0, 1000),
    })
  }

  /** The report, with its sums first. */
  lines(): ReportLine[] {
    const { added, placed, present } = this
    const sums = [
      `${added} new`,
      ...(placed > 0 ? [`${placed} that the repository had`] : []),
      ...(present > 0 ? [`${present} that were in the branch`] : []),
      ...(this.#skipped > 0 ? [`${this.#skipped} left out`] : []),
    ]
    const cut =
      this.#lines.length < MAX_LINES
        ? []
        : [{ level: 'note' as const, message: `Only the first ${MAX_LINES} of these lines are kept.` }]
    return [{ level: 'note', message: `Packages: ${sums.join(', ')}.` }, ...this.#lines, ...cut]
  }
}
