import { randomBytes } from 'node:crypto'
import { type Answer, partLength, type Slice } from '@/server/http/answer'
import { judgePreconditions, rangeApplies, type Validators } from '@/server/http/conditional'
import { entityTagOf } from '@/server/http/entity-tag'
import { formatHttpDate } from '@/server/http/http-date'
import { parseRange } from '@/server/http/range'
import type { RequestFields } from '@/server/http/request-fields'
import type { ByteRange } from '@/server/storage/driver'
import type { ByteSource } from '@/server/storage/source'

/** A stored content as one URL presents it, with everything about it that does not depend on the request worked out. */
export interface Representation extends Validators {
  /** Names the bytes: their digest in hexadecimal. */
  key: string
  source: ByteSource
  size: number
  contentType: string
  /** Sent with every answer that has the content or says that it has not changed. */
  validatorHeaders: readonly string[]
  /** Sent with every answer that has content, but for its type and length. */
  contentHeaders: readonly string[]
  /** All headers of the answer to a plain GET. */
  wholeHeaders: readonly string[]
}

interface Content {
  algorithm?: 'sha256' | 'sha512'
  /** The digest in hexadecimal; with `stateTag`, whatever names the content. */
  hex: string
  /** Where no digest is known: what changes whenever the content does, as far as one can tell. */
  stateTag?: string
  source: ByteSource
  size: number
  /** As the upstream gave it; null when it gave none. */
  contentType: string | null
  contentDisposition: string | null
  modifiedAt: Date
  /** Without them the digest is told in a way of its own, as registries do. */
  hasDigestFields?: boolean
  /** Headers that this URL adds to each answer, e.g. Cache-Control. */
  headers?: readonly string[]
}

/** RFC 9110 §5.5 without obs-fold; anything else an upstream may have said is not repeated. */
const FIELD_VALUE = /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/

/** Prepares a stored content for being answered with: done once per content, not once per request. */
export function describeContent(content: Content): Representation {
  const { algorithm = 'sha256', hex, stateTag, source, size } = content
  const { hasDigestFields = stateTag === undefined } = content
  const entityTag = stateTag === undefined ? entityTagOf(algorithm, hex) : `"${stateTag}"`
  const modifiedAt = Math.floor(content.modifiedAt.getTime() / 1000)
  const digest = Buffer.from(hex, 'hex').toString('base64')
  const name = algorithm === 'sha256' ? 'sha-256' : 'sha-512'
  const contentType = fieldValue(content.contentType) ?? 'application/octet-stream'
  const disposition = fieldValue(content.contentDisposition)
  const validatorHeaders = [
    ...[
      'ETag',
      stateTag === undefined ? entityTag : `W/${entityTag}`,
      'Last-Modified',
      formatHttpDate(new Date(modifiedAt * 1000)),
    ],
    ...(content.headers ?? []),
  ]
  const contentHeaders = [
    ...validatorHeaders,
    ...['Accept-Ranges', 'bytes'],
    ...(hasDigestFields ? ['Repr-Digest', `${name}=:${digest}:`, 'Digest', `${name}=${digest}`] : []),
    ...(disposition === undefined ? [] : ['Content-Disposition', disposition]),
  ]
  const wholeHeaders = ['Content-Type', contentType, 'Content-Length', String(size), ...contentHeaders]
  const headers = { validatorHeaders, contentHeaders, wholeHeaders }
  const weak = stateTag !== undefined && { isWeak: true }
  return { key: hex, source, size, entityTag, ...weak, modifiedAt, contentType, ...headers }
}

function fieldValue(text: string | null): string | undefined {
  return text !== null && FIELD_VALUE.test(text) ? text : undefined
}

interface Asked {
  method: 'GET' | 'HEAD'
  fields: RequestFields
  /** The whole content, when it happens to be in memory. */
  content?: Buffer | undefined
}

/**
 * Answers a GET or HEAD for a stored content: preconditions (RFC 9110 §13), then ranges (§14), else the whole.
 * This is the only place that knows how; every surface that serves stored bytes goes through it.
 */
export function represent(asked: Asked, representation: Representation): Answer {
  const { method, fields } = asked
  const precondition = judgePreconditions(fields, representation)
  if (precondition === 'not_modified') return { status: 304, headers: representation.validatorHeaders }
  if (precondition === 'failed') {
    return { status: 412, headers: [...representation.validatorHeaders, 'Content-Length', '0'] }
  }
  // RFC 9110 §14.2: Range is defined for GET alone.
  if (method === 'HEAD') return { status: 200, headers: representation.wholeHeaders }
  const ranges = rangeApplies(fields, representation)
    ? parseRange(fields.range, representation.size)
    : 'whole'
  if (ranges === 'unsatisfiable') return unsatisfiable(representation)
  if (ranges === 'whole') return whole(asked, representation)
  const [only] = ranges
  return ranges.length === 1 && only !== undefined
    ? single(only, asked, representation)
    : multiple(ranges, asked, representation)
}

function whole({ content }: Asked, { source, size, wholeHeaders }: Representation): Answer {
  const body = content ?? [{ source, range: { start: 0, end: size - 1 } }]
  return { status: 200, headers: wholeHeaders, body, reachesEnd: true }
}

function unsatisfiable({ size, validatorHeaders }: Representation): Answer {
  const headers = [...validatorHeaders, 'Content-Range', `bytes */${size}`, 'Content-Length', '0']
  return { status: 416, headers }
}

function single(range: ByteRange, { content }: Asked, representation: Representation): Answer {
  const part = slice(range, content, representation.source)
  return {
    status: 206,
    headers: [
      ...['Content-Type', representation.contentType, 'Content-Length', String(partLength(part))],
      ...['Content-Range', contentRange(range, representation.size)],
      ...representation.contentHeaders,
    ],
    body: Buffer.isBuffer(part) ? part : [part],
    reachesEnd: range.end === representation.size - 1,
  }
}

/** RFC 9110 §14.6. The boundary is random, so that no content can contain it on purpose. */
function multiple(ranges: readonly ByteRange[], { content }: Asked, representation: Representation): Answer {
  const boundary = randomBytes(18).toString('hex')
  const body: (Buffer | Slice)[] = []
  for (const range of ranges) {
    const type = `Content-Type: ${representation.contentType}`
    const place = `Content-Range: ${contentRange(range, representation.size)}`
    body.push(Buffer.from(`\r\n--${boundary}\r\n${type}\r\n${place}\r\n\r\n`, 'latin1'))
    body.push(slice(range, content, representation.source))
  }
  body.push(Buffer.from(`\r\n--${boundary}--\r\n`))
  const length = body.reduce((sum, part) => sum + partLength(part), 0)
  return {
    status: 206,
    headers: [
      ...['Content-Type', `multipart/byteranges; boundary=${boundary}`, 'Content-Length', String(length)],
      ...representation.contentHeaders,
    ],
    body,
    reachesEnd: ranges.some(({ end }) => end === representation.size - 1),
  }
}

function slice({ start, end }: ByteRange, content: Buffer | undefined, source: ByteSource): Buffer | Slice {
  return content?.subarray(start, end + 1) ?? { source, range: { start, end } }
}

function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end}/${size}`
}
