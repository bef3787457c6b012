import type { Declarations } from '@/server/mirror/schema'

/** What the server would do with one line; of the line itself nothing is needed. */
type Declaration = Pick<Declarations['items'][number], 'id' | 'outcome'>

/** What will happen to one line. */
export type Mark =
  | { outcome: Declaration['outcome']; id: string | null }
  | { outcome: 'fault'; message: string }

/** What will happen to all of them, in their order. */
export interface Check {
  marks: Mark[]
}

export interface Fault {
  path: string
  message: string
}

/**
 * The first fault of each line among the server's faults, by index of the line.
 * @param field that holds the lines.
 */
export function lineFaults(
  faults: readonly Fault[],
  field: 'files' | 'images' = 'files',
): Map<number, string> {
  const lines = new Map<number, string>()
  for (const { path, message } of faults) {
    const [first, index] = path.split('.')
    if (first === field && /^\d+$/.test(index ?? '') && !lines.has(Number(index)))
      lines.set(Number(index), message)
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
    return next ? { outcome: next.outcome, id: next.id } : { outcome: 'new', id: null }
  })
}

export type Counts = Record<Mark['outcome'], number>

/** How many lines of each kind. */
export function countMarks(marks: readonly Mark[]): Counts {
  const counts: Counts = { new: 0, use: 0, known: 0, repeat: 0, fault: 0 }
  for (const { outcome } of marks) counts[outcome]++
  return counts
}

/** What is declared, in words. */
export interface Wording {
  one: string
  many: string
  /** When nothing is given. */
  empty: string
}

const ofFiles: Wording = { one: 'file', many: 'files', empty: 'Give at least one URL.' }

/** What the submit button says, and why it cannot be used. */
export function submitOf(
  lines: readonly unknown[],
  check: Check | undefined,
  wording: Wording = ofFiles,
): { verb: string; refusal?: string } {
  const counts = check && check.marks.length === lines.length ? countMarks(check.marks) : undefined
  const effective = counts ? counts.new + counts.use : lines.length
  if (lines.length === 0) return { verb: 'Declare', refusal: wording.empty }
  if (counts && counts.fault > 0) {
    const what = counts.fault === 1 ? 'one line' : `${counts.fault} lines`
    return { verb: verbOf(effective, counts, wording), refusal: `Correct ${what} first.` }
  }
  if (effective === 0) return { verb: 'Declare', refusal: 'Your team uses all of these already.' }
  return { verb: verbOf(effective, counts, wording) }
}

function verbOf(effective: number, counts: Counts | undefined, wording: Wording): string {
  if (counts && counts.new === 0 && counts.use > 0)
    return counts.use === 1 ? 'Add this use' : `Add ${counts.use} uses`
  if (effective === 0) return 'Declare'
  return effective === 1
    ? `Declare this ${wording.one}`
    : `Declare ${effective.toLocaleString('en')} ${wording.many}`
}
