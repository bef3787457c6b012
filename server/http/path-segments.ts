const MAX_TARGET = 8_000
const CONTROL = /[\p{Cc}\\]/u

/**
 * The segments of a path as names of things: the one place where a path from outside is taken apart. Each segment is decoded
 * once, on its own, so that an encoded slash is refused instead of becoming a boundary.
 * @param target path and query as sent.
 * @returns undefined for a path that cannot name anything: with `.`, `..`, an empty segment in the middle, control
 * characters, or badly encoded. A slash at the end gives an empty last segment.
 */
export function pathSegments(target: string): string[] | undefined {
  if (target.length > MAX_TARGET || !target.startsWith('/')) return undefined
  const mark = target.search(/[?#]/)
  const path = mark < 0 ? target : target.slice(0, mark)
  const segments: string[] = []
  for (const part of path.slice(1).split('/')) {
    const segment = decoded(part)
    if (segment === undefined || segment === '.' || segment === '..') return undefined
    if (segment.includes('/') || CONTROL.test(segment)) return undefined
    segments.push(segment)
  }
  return segments.slice(0, -1).includes('') ? undefined : segments
}

function decoded(part: string): string | undefined {
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
