import { randomUUID } from 'node:crypto'

const GRAMMAR = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * The id under which a request is logged and audited: the one the caller sent in `X-Request-Id`, so that logs of several
 * systems meet, when it is short and plain; else a new one.
 */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id')
  return given !== null && GRAMMAR.test(given) ? given : randomUUID()
}
