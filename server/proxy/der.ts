import { AppError } from '@/server/errors'

/** One DER value: its identifier octet, its contents, and the whole encoding including both length octets. */
export interface DerValue {
  tag: number
  contents: Buffer
  encoded: Buffer
}

/** Identifier octets (X.690 §8.1.2) of the few types the product reads. */
export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  extensions: 0xa3,
} as const

/**
 * Reads exactly one DER value (X.690 §10): definite lengths in their shortest form, single-octet tags, nothing after it.
 * It never descends by itself, so hostile nesting costs nothing.
 *
 * @throws AppError `invalid` when the bytes are anything else.
 */
export function readDer(bytes: Buffer): DerValue {
  const value = firstValue(bytes)
  if (value.encoded.length !== bytes.length) throw malformed('has bytes after its end')
  return value
}

/**
 * The values that follow one another in `contents`, the contents of a SEQUENCE for instance.
 *
 * @throws AppError `invalid` when they are not DER.
 */
export function readDerValues(contents: Buffer): DerValue[] {
  const values: DerValue[] = []
  for (let rest = contents; rest.length > 0; ) {
    const value = firstValue(rest)
    values.push(value)
    rest = rest.subarray(value.encoded.length)
  }
  return values
}

function firstValue(bytes: Buffer): DerValue {
  const tag = bytes[0]
  if (tag === undefined) throw malformed('is empty')
  if ((tag & 0x1f) === 0x1f) throw malformed('uses a tag of several bytes')
  const { length, start } = readLength(bytes)
  const end = start + length
  if (end > bytes.length) throw malformed('ends too early')
  return { tag, contents: bytes.subarray(start, end), encoded: bytes.subarray(0, end) }
}

function readLength(bytes: Buffer): { length: number; start: number } {
  const first = bytes[1]
  if (first === undefined) throw malformed('ends too early')
  if (first < 0x80) return { length: first, start: 2 }
  const octets = first & 0x7f
  if (octets === 0) throw malformed('has a value of indefinite length')
  if (octets > 4) throw malformed('has a value longer than any certificate')
  if (bytes.length < 2 + octets) throw malformed('ends too early')
  const length = bytes.readUIntBE(2, octets)
  if (length < 0x80 || bytes[2] === 0) throw malformed('has a length not in its shortest form')
  return { length, start: 2 + octets }
}

function malformed(fault: string): AppError {
  return new AppError('invalid', `The DER encoding ${fault}.`)
}
