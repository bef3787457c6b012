import type { Miss } from '@/server/mirror/schema'

type Sighting = Miss['sightings'][number]

/** Who asked, in one line: the client that asked most, and how many others there were. */
export function mainSighting(sightings: readonly Sighting[]): { main: Sighting | undefined; others: number } {
  const [main] = [...sightings].sort((a, b) => b.count - a.count)
  return { main, others: Math.max(0, sightings.length - 1) }
}

/** The program in a user agent, without versions of everything below it: `Wget/1.21.3`. */
export function programOf(userAgent: string): string {
  const first = userAgent.trim().split(/\s+/)[0] ?? ''
  if (first === '') return 'unnamed program'
  const browser = /\b(Firefox|Edg|Chrome|Safari)\/[\d.]+/.exec(userAgent)
  return first.startsWith('Mozilla/') && browser ? browser[0] : first
}

/** The team that asked most, where clients said who they are: the likely one to declare it. */
export function likelyTeam(sightings: readonly Sighting[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { team, count } of sightings)
    if (team !== null) counts.set(team, (counts.get(team) ?? 0) + count)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
}
