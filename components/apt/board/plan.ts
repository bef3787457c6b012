import type { PlanPackage } from '@/server/apt/moves/schema'

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
