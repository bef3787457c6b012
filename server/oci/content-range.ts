/** The bytes that a chunk brings, both inclusive. */
export interface ChunkRange {
  start: number
  end: number
}

/**
 * The Content-Range of a chunk (OCI distribution-spec 1.1, “Pushing a blob in chunks”): `<start>-<end>` without a unit;
 * RFC 9110's `bytes <start>-<end>/<size>` is taken as well.
 * @returns undefined for anything else.
 */
export function parseChunkRange(text: string): ChunkRange | undefined {
  const [, first, last] =
    /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d{1,15}|\*))?$/.exec(text.trim()) ?? []
  if (first === undefined || last === undefined) return undefined
  const range = { start: Number(first), end: Number(last) }
  return range.end < range.start ? undefined : range
}
