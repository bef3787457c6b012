import type { MovePlan, PlanPackage, PlanProblem } from '@/server/apt/moves/schema'

interface PlanLine<Item> {
  key: string
  name: string
  version: string
  architectures: string[]
  items: Item[]
}

/** Packages of a plan, one line for each name and version, with the architectures it has. Sources come first. */
export function planLines<Item extends PlanPackage>(packages: readonly Item[]): PlanLine<Item>[] {
  const lines = new Map<string, PlanLine<Item>>()
  for (const item of packages) {
    const { name, version, type } = item
    const isSource = type === 'source'
    const key = `${isSource ? 0 : 1}/${name}/${version}`
    const line = lines.get(key) ?? { key, name, version, architectures: [], items: [] }
    line.architectures.push(isSource ? 'source' : item.architecture)
    line.items.push(item)
    lines.set(key, line)
  }
  return [...lines.values()].sort((a, b) => a.key.localeCompare(b.key))
}

interface MoveLine extends PlanLine<PlanPackage> {
  /** The versions in the target that it comes in front of. */
  before: string[]
}

/** What moves, each line with the versions that clients of the target have now. */
export function moveLines({ moves, replaces }: Pick<MovePlan, 'moves' | 'replaces'>): MoveLine[] {
  const present = planLines(replaces)
  return planLines(moves).map((line) => {
    const same = present.filter(({ key }) => nameIn(key) === nameIn(line.key))
    return { ...line, before: same.map(({ version }) => version) }
  })
}

/** Of the key of a line: a source and a package of the same name are two things. */
function nameIn(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}

interface ProblemLine extends PlanProblem {
  key: string
  /** Further architectures of which the same is true. */
  others: string[]
}

/** Problems of a plan, one line for those that differ only in the architecture. */
export function problemLines(problems: readonly PlanProblem[]): ProblemLine[] {
  const lines = new Map<string, ProblemLine>()
  for (const problem of problems) {
    const { kind, branch, relation, message, package: who } = problem
    const [, name = who, architecture = ''] = /^(.*) \(([^()]*)\)$/.exec(who) ?? []
    const key = [kind, branch, relation, message.replace(who, name)].join('/')
    const line = lines.get(key)
    if (line) line.others.push(architecture)
    else lines.set(key, { ...problem, key, others: [] })
  }
  return [...lines.values()]
}
