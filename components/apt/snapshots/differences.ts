import type { SnapshotDiff } from '@/server/apt/snapshots/schema'

type Difference = SnapshotDiff['changes'][number]

export interface DifferenceLine {
  key: string
  name: string
  isSource: boolean
  architectures: string[]
  before: string[]
  after: string[]
}

interface Differences {
  came: DifferenceLine[]
  left: DifferenceLine[]
  changed: DifferenceLine[]
}

/** What came, what left and what has another version; architectures that changed alike are one line. */
export function differencesOf(changes: readonly Difference[]): Differences {
  const lines = new Map<string, DifferenceLine>()
  for (const { name, architecture, type, before, after } of changes) {
    const isSource = type === 'source'
    const key = [name, isSource, before.join(' '), after.join(' ')].join('/')
    const line = lines.get(key) ?? { key, name, isSource, architectures: [], before, after }
    line.architectures.push(isSource ? 'source' : architecture)
    lines.set(key, line)
  }
  const all = [...lines.values()]
  return {
    came: all.filter(({ before }) => before.length === 0),
    left: all.filter(({ after }) => after.length === 0),
    changed: all.filter(({ before, after }) => before.length > 0 && after.length > 0),
  }
}

/** The difference the other way round: what would come back, and what would go. */
export function reversed(diff: SnapshotDiff): SnapshotDiff {
  const { from, to, changes } = diff
  const turned = changes.map(({ before, after, ...same }) => ({ ...same, before: after, after: before }))
  return { ...diff, from: to, to: from, changes: turned }
}
