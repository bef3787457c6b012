/** Reading the header fields of an upstream's answer. Pure. */

export type UpstreamHeaders = Record<string, string | string[] | undefined>

/** What an answer says about the file it carries. */
export interface Representation {
  /** In bytes; null when the answer does not say. */
  size: number | null
  contentType: string | null
  contentDisposition: string | null
  /** As sent, weak ones too. */
  etag: string | null
  modifiedAt: Date | null
  /** The value for If-Range with which a broken transfer can go on; null when the upstream offers none that is safe. */
  validator: string | null
}

/** Longer values are left out: they would be served with every download. */
const LONGEST_FIELD = 1000

/** @param headers of the answer with status 200. */
export function readRepresentation(headers: UpstreamHeaders): Representation {
  const etag = field(headers, 'etag')
  return {
    size: contentLength(headers),
    contentType: kept(field(headers, 'content-type')),
    contentDisposition: kept(field(headers, 'content-disposition')),
    etag: kept(etag),
    modifiedAt: parseHttpDate(field(headers, 'last-modified')),
    validator: field(headers, 'accept-ranges') === 'none' ? null : strongValidator(headers),
  }
}

/** The length an answer announces, in bytes; null without Content-Length, and where chunks override it. */
export function contentLength(headers: UpstreamHeaders): number | null {
  const text = field(headers, 'content-length')
  if (text === null || headers['transfer-encoding'] !== undefined || !/^\d{1,15}$/.test(text)) return null
  return Number(text)
}

/**
 * The coding that stands between the bytes sent and the file itself; undefined when there is none.
 *
 * Fetches ask for `identity`. Some servers label a `.tar.gz` with `Content-Encoding: gzip` although the file itself is
 * what is compressed (RFC 9110 §8.4 allows that reading); a name that ends in the coding's own suffix says so, and then
 * the bytes sent are the file. Anything else would have to be decoded, which could not give the original bytes back.
 */
export function foreignCoding(headers: UpstreamHeaders, path: string): string | undefined {
  const transfer = (field(headers, 'transfer-encoding') ?? 'chunked').toLowerCase()
  if (transfer !== 'chunked' && transfer !== 'identity') return transfer
  const coding = (field(headers, 'content-encoding') ?? 'identity').toLowerCase()
  if (coding === 'identity' || coding === '') return undefined
  const name = path.replace(/\?.*$/s, '').toLowerCase()
  const own = suffixes.get(coding.replace(/^x-/, ''))
  return own?.some((suffix) => name.endsWith(suffix)) ? undefined : coding
}

const suffixes: ReadonlyMap<string, string[]> = new Map([
  ['gzip', ['.gz', '.tgz', '.apk', '.crate', '.svgz']],
  ['compress', ['.z']],
  ['bzip2', ['.bz2', '.tbz', '.tbz2']],
  ['br', ['.br']],
  ['xz', ['.xz', '.txz']],
  ['zstd', ['.zst', '.tzst']],
])

/** How far a broken transfer had come. */
export interface Interrupted {
  /** Bytes received. */
  done: number
  total: number | null
  etag: string | null
}

/** Whether an answer to a range request carries exactly the rest of the same file (RFC 9110 §13.1.5 and §14.4). */
export function continues(
  status: number,
  headers: UpstreamHeaders,
  { done, total, etag }: Interrupted,
): boolean {
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(field(headers, 'content-range') ?? '')
  if (status !== 206 || !range) return false
  const [start, end] = [Number(range[1]), Number(range[2])]
  const whole = range[3] === '*' ? end + 1 : Number(range[3])
  const length = contentLength(headers)
  const sameTag = headers.etag === undefined || field(headers, 'etag') === etag
  const sameSize = total === null || whole === total
  return (
    sameTag && sameSize && start === done && end + 1 === whole && (length === null || length === whole - done)
  )
}

/**
 * The seconds of a Retry-After (RFC 9110 §10.2.3), given as such or as a date; undefined when there is none to read.
 * @param now to count a date from.
 */
export function retryAfterSeconds(headers: UpstreamHeaders, now: Date): number | undefined {
  const text = field(headers, 'retry-after')
  if (text === null) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const at = parseHttpDate(text)
  return at ? Math.max(0, (at.getTime() - now.getTime()) / 1000) : undefined
}

/** An HTTP date in its preferred form (RFC 9110 §5.6.7); null for anything else, and for none. */
export function parseHttpDate(text: string | null): Date | null {
  if (text === null || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text))
    return null
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? null : date
}

/** The first value of a field, without the spaces around it. */
export function field(headers: UpstreamHeaders, name: string): string | null {
  const value = headers[name]
  const first = Array.isArray(value) ? value[0] : value
  return first === undefined ? null : first.trim()
}

/** RFC 9110 §13.1.5: a strong ETag, or a Last-Modified that its Date shows to be strong (§8.8.2.2). */
function strongValidator(headers: UpstreamHeaders): string | null {
  const etag = field(headers, 'etag')
  if (etag !== null) return /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : null
  const text = field(headers, 'last-modified')
  const [modified, date] = [parseHttpDate(text), parseHttpDate(field(headers, 'date'))]
  return modified && date && date.getTime() - modified.getTime() >= 1000 ? text : null
}

function kept(value: string | null): string | null {
  return value !== null && value !== '' && value.length <= LONGEST_FIELD ? value : null
}
