/** The fields of a request that decide about its answer, as they were sent. */
export interface RequestFields {
  /** HTTP/2's `:authority`. */
  authority?: string
  host?: string
  range?: string
  ifRange?: string
  ifMatch?: string
  ifNoneMatch?: string
  ifModifiedSince?: string
  ifUnmodifiedSince?: string
  accept?: string
  userAgent?: string
  proxyAuthorization?: string
  authorization?: string
  contentType?: string
  contentLength?: string
  contentRange?: string
  /** Sent by browsers, with requests that come from a page. */
  origin?: string
  forwardedFor?: string
  forwardedHost?: string
  forwardedProto?: string
  transferEncoding?: string
}

const known = new Map<string, keyof RequestFields>([
  [':authority', 'authority'],
  ['host', 'host'],
  ['range', 'range'],
  ['if-range', 'ifRange'],
  ['if-match', 'ifMatch'],
  ['if-none-match', 'ifNoneMatch'],
  ['if-modified-since', 'ifModifiedSince'],
  ['if-unmodified-since', 'ifUnmodifiedSince'],
  ['accept', 'accept'],
  ['user-agent', 'userAgent'],
  ['proxy-authorization', 'proxyAuthorization'],
  ['authorization', 'authorization'],
  ['content-type', 'contentType'],
  ['content-length', 'contentLength'],
  ['content-range', 'contentRange'],
  ['origin', 'origin'],
  ['x-forwarded-for', 'forwardedFor'],
  ['x-forwarded-host', 'forwardedHost'],
  ['x-forwarded-proto', 'forwardedProto'],
  ['transfer-encoding', 'transferEncoding'],
])

/**
 * Reads a flat list of names and values (`request.rawHeaders`) in one pass. A field that is sent twice is joined by a
 * comma (RFC 9110 §5.3), which makes one that may only be there once, such as Host, unreadable instead of ambiguous.
 */
export function readFields(rawHeaders: readonly string[]): RequestFields {
  const fields: RequestFields = {}
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = known.get((rawHeaders[index] as string).toLowerCase())
    if (field === undefined) continue
    const value = rawHeaders[index + 1] as string
    const before = fields[field]
    fields[field] = before === undefined ? value : `${before}, ${value}`
  }
  return fields
}

/**
 * What makes a request mean different things to different servers, beyond what Node's parser refuses by itself; undefined
 * when there is nothing.
 */
export function ambiguityOf({ host, transferEncoding }: RequestFields): string | undefined {
  // RFC 9112 §3.2: of two Host fields one is meant for somebody else.
  if (host?.includes(',')) return 'The request has more than one Host field.'
  // §6.1; Node hands such a request over before it finds that it cannot read the body.
  if (transferEncoding !== undefined && transferEncoding.toLowerCase() !== 'chunked') {
    return 'The request has a transfer encoding other than chunked.'
  }
  return undefined
}
