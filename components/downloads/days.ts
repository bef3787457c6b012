import type { Downloads } from '@/server/mirror/schema'

type Day = Downloads['days'][number]

const DAY_MS = 86_400_000

/** One point for each of the last days up to today, in UTC as they are counted; days without downloads are zero. */
export function everyDay(
  days: readonly Day[],
  count: number,
  today: Date,
): { x: string; count: number; bytes: number }[] {
  const known = new Map(days.map((point) => [point.day, point]))
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(today.getTime() - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10)
    const point = known.get(day)
    return { x: shortDay(day), count: point?.count ?? 0, bytes: point?.bytes ?? 0 }
  })
}

/** `2025-03-09` as people write it on an axis: `9 Mar`. */
export function shortDay(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
}

/** Downloads by team, most first; clients that did not say who they are come under one name. */
export function byTeam(teams: Downloads['teams']): { x: string; count: number }[] {
  return teams
    .filter(({ count }) => count > 0)
    .map(({ team, count }) => ({ x: team ?? 'unnamed', count }))
    .sort((a, b) => b.count - a.count)
}
