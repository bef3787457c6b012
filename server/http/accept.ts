interface MediaRange {
  type: string
  quality: number
  /** 2 for `text/html`, 1 for `text/*`, 0 for any. */
  precision: number
  position: number
}

const MEDIA_RANGE = /^([!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+)(?:[ \t]*;(.*))?$/
const QUALITY = /(?:^|;)[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*(?:;|$)/
const MAX_RANGES = 32

/**
 * The media type among `offers` that an Accept field (RFC 9110 §12.5.1) wants most: by quality, then by how precisely
 * the field names it, then by its order. When the field is absent or wants none of them it is the first offer, for an
 * answer that explains itself in another type is better than none.
 */
export function preferredType<Offer extends string>(
  field: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  const ranges = parseAccept(field ?? '*/*')
  let best: { offer: Offer; range: MediaRange } | undefined
  for (const offer of offers) {
    const range = mostPrecise(ranges, offer)
    if (range === undefined || range.quality === 0) continue
    if (best === undefined || beats(range, best.range)) best = { offer, range }
  }
  return best?.offer ?? offers[0]
}

function parseAccept(field: string): MediaRange[] {
  const ranges: MediaRange[] = []
  for (const [position, text] of field.toLowerCase().split(',', MAX_RANGES).entries()) {
    const match = MEDIA_RANGE.exec(text.trim())
    const type = match?.[1]
    if (type === undefined) continue
    const quality = Number(QUALITY.exec(match?.[2] ?? '')?.[1] ?? 1)
    const precision = type === '*/*' ? 0 : type.endsWith('/*') ? 1 : 2
    ranges.push({ type, quality, precision, position })
  }
  return ranges
}

function mostPrecise(ranges: MediaRange[], offer: string): MediaRange | undefined {
  const [family] = offer.split('/')
  const matching = ranges.filter(({ type }) => type === offer || type === `${family}/*` || type === '*/*')
  return matching.toSorted((one, other) => other.precision - one.precision)[0]
}

function beats(one: MediaRange, other: MediaRange): boolean {
  if (one.quality !== other.quality) return one.quality > other.quality
  if (one.precision !== other.precision) return one.precision > other.precision
  return one.position < other.position
}
