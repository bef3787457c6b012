import type { ByteRange } from '@/server/storage/driver'
import type { ByteSource } from '@/server/storage/source'

/** Bytes of a stored content that are read when they are sent. */
export interface Slice {
  source: ByteSource
  range: ByteRange
}

/** A body in memory, or its parts in order. */
type AnswerBody = Buffer | readonly (Buffer | Slice)[]

/** A response before it is decided how it travels: writers turn it into a Node or a Web response. */
export interface Answer {
  status: number
  /** Instead of the usual phrase beside the status, for programs that show nothing else; printable ASCII, HTTP/1.1 alone. */
  reason?: string
  /** Name, value, name, value…; Content-Length is among them. */
  headers: readonly string[]
  /** Absent for HEAD, and for statuses that have none. */
  body?: AnswerBody
  /** The body brings the last byte of a stored content: what counts as one download, however many parts it took. */
  reachesEnd?: boolean
  /** Called with the bytes of the body once they were handed to the connection: what counts them. */
  sent?: (bytes: number) => void
}

interface TextAnswer {
  status: number
  reason?: string
  text: string
  /** `text/plain; charset=utf-8` unless told. */
  type?: string
  headers?: readonly string[]
}

/** A short answer in words. It is never cached: what it says may be untrue a moment later. */
export function textAnswer({
  status,
  reason,
  text,
  type = 'text/plain; charset=utf-8',
  headers = [],
}: TextAnswer): Answer {
  const body = Buffer.from(text)
  return {
    status,
    ...(reason !== undefined && { reason }),
    headers: [
      ...['Content-Type', type, 'Content-Length', String(body.length), 'Cache-Control', 'no-store'],
      ...['X-Content-Type-Options', 'nosniff'],
      ...headers,
    ],
    body,
  }
}

/** The answer to a HEAD that this is the answer to a GET of: the same fields, no body (RFC 9110 §9.3.2). */
export function withoutBody({ status, headers }: Answer): Answer {
  return { status, headers }
}

/** The bytes of the body, as they will be counted. */
export function bodyLength({ body }: Answer): number {
  if (body === undefined) return 0
  if (Buffer.isBuffer(body)) return body.length
  return body.reduce((sum, part) => sum + partLength(part), 0)
}

/** The bytes of one part of a body. */
export function partLength(part: Buffer | Slice): number {
  return Buffer.isBuffer(part) ? part.length : part.range.end - part.range.start + 1
}
