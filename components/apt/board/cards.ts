import type { MoveRequest } from '@/server/apt/moves/schema'
import type { Board, BoardCard } from '@/server/apt/packages/schema'

/** A source version in a branch: what a card stands for. */
export interface CardPlace {
  branch: string
  source: string
  version: string
}

/** Names a card in the page. Neither names nor versions hold a slash. */
export function cardKey({ branch, source, version }: CardPlace): string {
  return `${branch}/${source}/${version}`
}

/** The card that a key names; undefined when it is not on the board any more. */
export function cardOf(board: Board, key: string): CardPlace | undefined {
  for (const { branch, cards } of board.columns) {
    const found = cards.find(({ source, version }) => cardKey({ branch, source, version }) === key)
    if (found) return { branch, source: found.source, version: found.version }
  }
  return undefined
}

/**
 * Cards that are selected after one more was chosen. What moves together comes from one branch, so a card of another branch begins
 * anew.
 */
export function toggled(selected: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const branch = key.slice(0, key.indexOf('/') + 1)
  const next = new Set([...selected].filter((other) => other.startsWith(branch)))
  if (!next.delete(key)) next.add(key)
  return next
}

/** The branch that comes after another in the order of promotion; from the last one back. */
export function nextBranch(branches: readonly string[], from: string): string | undefined {
  const at = branches.indexOf(from)
  return branches[at + 1] ?? branches[at - 1]
}

/** Cards whose move waits for somebody's approval, by key, each with the branch that it is asked for. */
export function askedFor(requests: readonly MoveRequest[]): ReadonlyMap<string, string> {
  return new Map(
    requests.flatMap(({ fromBranch: branch, toBranch, packages }) =>
      packages.map(({ package: source, version }) => [cardKey({ branch, source, version }), toBranch]),
    ),
  )
}

/** What a card has, in few words: `amd64 arm64 · source`. */
export function partsOf({ architectures, hasSource }: BoardCard): string {
  const built = architectures.filter((architecture) => architecture !== 'source').join(' ')
  return [built, hasSource && 'source'].filter(Boolean).join(' · ')
}

/** What is moved, for titles: one by its name and version, several by their number. */
export function namesOf(places: readonly Pick<CardPlace, 'source' | 'version'>[]): string {
  const [first] = places
  return places.length === 1 && first
    ? `${first.source} ${first.version}`
    : `${places.length} source versions`
}
