export const encodings = ['plain', 'gz', 'zst'] as const
export type Encoding = (typeof encodings)[number]
/** How runs are kept. */
export type Compressed = Exclude<Encoding, 'plain'>

/** What indexes are made of: stanzas that follow one another, compressed on their own. */
export interface RunFacts {
  id: bigint
  /** Of its first package. */
  firstName: string
  /** In bytes. */
  sizes: Readonly<Record<Encoding, number>>
}

/** Part of a list, from a name to before another one; null for its end. */
export interface NameRange {
  from: string
  until: string | null
}

/**
 * The runs that hold some names, as ranges of names that are cut anew: a range begins where a run begins and ends where the next
 * one does. Where a name is the first of its run, the run before is cut with it, for the cut may be gone.
 * @param runs of a list, in order.
 * @returns for each range the runs that it replaces: `first` inclusive, `end` exclusive. In order, apart from one another.
 */
export function affectedRuns(
  runs: readonly Pick<RunFacts, 'firstName'>[],
  names: Iterable<string>,
): { first: number; end: number; range: NameRange }[] {
  const hit = new Set<number>()
  for (const name of names) {
    const index = Math.max(0, lastNotAfter(runs, name))
    hit.add(index)
    if (index > 0 && runs[index]?.firstName === name) hit.add(index - 1)
  }
  const found: { first: number; end: number }[] = []
  for (const index of [...hit].sort((a, b) => a - b)) {
    const last = found.at(-1)
    if (last?.end === index) last.end = index + 1
    else found.push({ first: index, end: index + 1 })
  }
  return found.map(({ first, end }) => {
    const from = first === 0 ? '' : (runs[first]?.firstName ?? '')
    return { first, end: Math.min(end, runs.length), range: { from, until: runs[end]?.firstName ?? null } }
  })
}

/** The last run whose first name is not after the name; -1 when all are. Names are ASCII, so this order is that of "C". */
function lastNotAfter(runs: readonly Pick<RunFacts, 'firstName'>[], name: string): number {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((runs[middle]?.firstName ?? '') <= name) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Bytes of the runs together. */
export function sizeOf(runs: readonly RunFacts[], encoding: Encoding): number {
  return runs.reduce((sum, { sizes }) => sum + sizes[encoding], 0)
}

/**
 * The runs that make up a file: those of its lists, one after another. Empty ones are left out, unless there is nothing else,
 * because a compressed file of nothing still has bytes. Files that were published rely on this for ever.
 */
export function joinRuns(lists: readonly (readonly RunFacts[])[]): RunFacts[] {
  const runs = lists.flat()
  const filled = runs.filter(({ sizes }) => sizes.plain > 0)
  return filled.length > 0 ? filled : runs.slice(0, 1)
}
