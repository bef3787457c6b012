import type { Line } from '@/components/declare/lines'
import type { Declarations } from '@/server/mirror/schema'

type Declaration = Declarations['items'][number]

/** What will happen to one line. */
export type Mark =
  | { outcome: Declaration['outcome']; id: string | null; uri: string }
  | { outcome: 'fault'; message: string }

/** What will happen to all of them, in their order. */
export interface Check {
  marks: Mark[]
}

export interface Fault {
  path: string
  message: string
}

const LINE_FAULT = /^files\.(\d+)(?:\.|$)/

/** The first fault of each line among the server's faults, by index of the line. */
export function lineFaults(faults: readonly Fault[]): Map<number, string> {
  const lines = new Map<number, string>()
  for (const { path, message } of faults) {
    const index = LINE_FAULT.exec(path)?.[1]
    if (index !== undefined && !lines.has(Number(index))) lines.set(Number(index), message)
  }
  return lines
}

/**
 * Marks in the order of the lines, from what the server would do with the good ones.
 * @param outcomes of the lines without a fault, in order; undefined when the server refused for another reason.
 */
export function marksOf(
  count: number,
  faults: ReadonlyMap<number, string>,
  outcomes: readonly Declaration[] | undefined,
): Mark[] {
  const rest = [...(outcomes ?? [])]
  return Array.from({ length: count }, (_, index): Mark => {
    const message = faults.get(index)
    if (message !== undefined) return { outcome: 'fault', message }
    const next = rest.shift()
    return next ?? { outcome: 'new', id: null, uri: '' }
  })
}

export type Counts = Record<Mark['outcome'], number>

/** How many lines of each kind. */
export function countMarks(marks: readonly Mark[]): Counts {
  const counts: Counts = { new: 0, use: 0, known: 0, repeat: 0, fault: 0 }
  for (const { outcome } of marks) counts[outcome]++
  return counts
}

/** What the submit button says, and why it cannot be used. */
export function submitOf(
  lines: readonly Line[],
  check: Check | undefined,
): { verb: string; refusal?: string } {
  const counts = check && check.marks.length === lines.length ? countMarks(check.marks) : undefined
  const effective = counts ? counts.new + counts.use : lines.length
  if (lines.length === 0) return { verb: 'Declare', refusal: 'Give at least one URL.' }
  if (counts && counts.fault > 0) {
    const what = counts.fault === 1 ? 'one line' : `${counts.fault} lines`
    return { verb: verbOf(effective, counts), refusal: `Correct ${what} first.` }
  }
  if (effective === 0) return { verb: 'Declare', refusal: 'Your team uses all of these already.' }
  return { verb: verbOf(effective, counts) }
}

function verbOf(effective: number, counts: Counts | undefined): string {
  if (counts && counts.new === 0 && counts.use > 0)
    return counts.use === 1 ? 'Add this use' : `Add ${counts.use} uses`
  if (effective === 0) return 'Declare'
  return effective === 1 ? 'Declare this file' : `Declare ${effective.toLocaleString('en')} files`
}
