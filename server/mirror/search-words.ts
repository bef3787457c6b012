import type { FilteredFile } from '@/server/mirror/file-filter'

/** In how many sampled files all of these words, or pieces of text, would be found by the trigram index. */
export type WordCounts = (words: readonly string[]) => number

/** The words of a text that the trigram index knows: runs of three or more letters and digits. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.match(/[a-z0-9]{3,}/g))]
}

/** Counts words in the sample; each word is looked for once. */
export function countWords({ files }: { files: readonly FilteredFile[] }): WordCounts {
  const known = new Map<string, ReadonlySet<FilteredFile>>()
  const having = (word: string) => {
    const found = known.get(word) ?? new Set(files.filter(({ text }) => text.includes(word)))
    known.set(word, found)
    return found
  }
  return (pieces) => {
    const sets = [...new Set(pieces.flatMap(wordsOf))].map(having).sort((one, other) => one.size - other.size)
    const [fewest = new Set(files), ...others] = sets
    const likenesses = pieces.map(likeness)
    return [...fewest].filter(
      (file) => others.every((set) => set.has(file)) && likenesses.every((isLike) => isLike(file.text)),
    ).length
  }
}

/** The rarest words of a text, the rarest first. */
export function rarestWords(text: string, counts: WordCounts, limit: number): string[] {
  return wordsOf(text)
    .map((word) => ({ word, count: counts([word]) }))
    .sort((one, other) => one.count - other.count)
    .slice(0, limit)
    .map(({ word }) => word)
}

/** How many trigrams the index is asked for: within runs of letters and digits, and across their ends inside the text. */
export function trigramsOf(text: string): number {
  const runs = text.split(/[^a-z0-9]+/)
  const counts = runs.map((run, place) => {
    const left = place === 0 || run === '' ? 0 : 2
    const right = place === runs.length - 1 || run === '' ? 0 : 1
    return Math.max(0, left + run.length + right - 2)
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

/** What the trigram index takes for a match: it sees the runs, and where they end, but not what is between them. */
function likeness(text: string): (uri: string) => boolean {
  const runs = text.split(/[^a-z0-9]+/)
  if (runs.length === 1) return () => true
  const patterns = runs.map((run, place) => {
    const left = place === 0 ? '' : '(?<![a-z0-9])'
    const right = place === runs.length - 1 ? '' : '(?![a-z0-9])'
    return new RegExp(left + run + right)
  })
  return (uri) => patterns.every((pattern) => pattern.test(uri))
}
