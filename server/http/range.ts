import type { ByteRange } from '@/server/storage/driver'

/** What a Range field asks for: the parts, the whole because the field does not count, or nothing that exists. */
type WantedRange = readonly ByteRange[] | 'whole' | 'unsatisfiable'

/** RFC 9110 §14.2 lets a server disregard sets of many parts, whose only use is to make it work. */
const MAX_PARTS = 64

const BYTES_UNIT = /^bytes=/i
const RANGE_SPEC = /^(?:(\d+)-(\d*)|-(\d+))$/

/**
 * Reads a Range field (RFC 9110 §14.1.2) against a content of `size` bytes. Parts keep the order asked for, unless some
 * overlap: then all are sorted and joined, so that no byte is ever sent twice. What breaks the grammar is disregarded, as
 * the RFC demands.
 */
export function parseRange(field: string | undefined, size: number): WantedRange {
  if (field === undefined || !BYTES_UNIT.test(field)) return 'whole'
  const specs = field
    .slice('bytes='.length)
    .split(',')
    .map((spec) => spec.trim())
    .filter((spec) => spec !== '')
  if (specs.length === 0 || specs.length > MAX_PARTS) return 'whole'
  const parts: ByteRange[] = []
  for (const spec of specs) {
    const part = readSpec(spec, size)
    if (part === 'malformed') return 'whole'
    if (part !== undefined) parts.push(part)
  }
  // A suffix of empty content is satisfiable, and has no Content-Range to say so: the whole is the same bytes.
  if (parts.length > 0) return size === 0 ? 'whole' : withoutOverlap(parts)
  return 'unsatisfiable'
}

function readSpec(spec: string, size: number): ByteRange | undefined | 'malformed' {
  const match = RANGE_SPEC.exec(spec)
  if (match === null) return 'malformed'
  const [, first, last, suffix] = match
  if (first === undefined) {
    const length = Number(suffix)
    return length === 0 ? undefined : { start: Math.max(0, size - length), end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? Number.POSITIVE_INFINITY : Number(last)
  if (end < start) return 'malformed'
  return start < size ? { start, end: Math.min(end, size - 1) } : undefined
}

function withoutOverlap(parts: ByteRange[]): ByteRange[] {
  const sorted = parts.toSorted((one, other) => one.start - other.start)
  const overlap = sorted.some((part, index) => part.start <= (sorted[index - 1]?.end ?? -1))
  if (!overlap) return parts
  const joined: ByteRange[] = []
  for (const part of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && part.start <= last.end + 1) last.end = Math.max(last.end, part.end)
    else joined.push({ ...part })
  }
  return joined
}
