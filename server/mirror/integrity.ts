import type { DigestAlgorithm } from '@/server/blobs/receive'
import { AppError } from '@/server/errors'

/** What the bytes of a file must hash to. */
export interface Integrity {
  /** Every strong value, once, in the order given. */
  values: { algorithm: DigestAlgorithm /** In base64. */; digest: string }[]
  /** The canonical text of these: what is stored. Parsing it gives the same. */
  text: string
}

const ALGORITHMS: { name: DigestAlgorithm; bytes: number }[] = [
  { name: 'sha256', bytes: 32 },
  { name: 'sha384', bytes: 48 },
  { name: 'sha512', bytes: 64 },
]

/**
 * Reads a Subresource-Integrity expression (W3C SRI §3.5): values separated by spaces, unknown and weak algorithms
 * ignored, several values of one algorithm allowed. Unlike a browser it refuses a malformed value of a strong algorithm:
 * ignoring a typing error would check less than was asked for. How the values judge bytes: server/mirror/expectation.ts.
 * @throws AppError `invalid` when nothing strong is left, or a strong value is malformed.
 */
export function parseIntegrity(expression: string): Integrity {
  const given = expression.split(/[\t\n\f\r ]+/).flatMap(parseValue)
  const distinct = new Map(given.map((value) => [`${value.algorithm}-${value.digest}`, value]))
  if (distinct.size === 0) {
    throw new AppError('invalid', 'The integrity must hold a sha256-, sha384- or sha512- value.')
  }
  return { values: [...distinct.values()], text: [...distinct.keys()].join(' ') }
}

/**
 * The expression for a SHA-256 given as 64 hexadecimal digits, in either case.
 * @throws AppError `invalid`.
 */
export function integrityFromSha256(hex: string): string {
  return `sha256-${Buffer.from(parseSha256(hex), 'hex').toString('base64')}`
}

/**
 * A SHA-256 in its one form, 64 lower-case hexadecimal digits.
 * @throws AppError `invalid`.
 */
export function parseSha256(hex: string): string {
  if (!/^[0-9A-Fa-f]{64}$/.test(hex)) {
    throw new AppError('invalid', 'A SHA-256 has 64 hexadecimal digits.')
  }
  return hex.toLowerCase()
}

function parseValue(text: string): Integrity['values'] {
  const [, name = '', encoded = ''] = /^([^-]*)-([^?]*)/.exec(text) ?? []
  const algorithm = ALGORITHMS.find((known) => known.name === name.toLowerCase())
  if (!algorithm) return []
  // CSP's base64-value, which SRI refers to, allows both alphabets.
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)
  const digest = Buffer.from(encoded, 'base64')
  if (!isBase64 || digest.length !== algorithm.bytes) {
    throw new AppError(
      'invalid',
      `The ${algorithm.name} value of the integrity is not ${algorithm.bytes} bytes in base64.`,
    )
  }
  return [{ algorithm: algorithm.name, digest: digest.toString('base64') }]
}
