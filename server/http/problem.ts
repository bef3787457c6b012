import type { AppError, ErrorCode } from '@/server/errors'
import type { Problem } from '@/server/http/schema'

/** HTTP status of every error code, for the admin API and for plain-text answers. Total: a new code needs a status. */
export const statusOf: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  range_not_satisfiable: 416,
  misdirected: 421,
  unprocessable: 422,
  rate_limited: 429,
  digest_mismatch: 422,
  upstream_refused: 502,
  upstream_unreachable: 502,
  upstream_timeout: 504,
  storage_full: 507,
  cancelled: 499,
  unavailable: 503,
  internal: 500,
}

const titles: Record<ErrorCode, string> = {
  invalid: 'The request is not valid',
  unauthenticated: 'Not signed in',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  conflict: 'Conflict',
  precondition_failed: 'It was changed meanwhile',
  too_large: 'Too large',
  range_not_satisfiable: 'Range not satisfiable',
  misdirected: 'Misdirected request',
  unprocessable: 'Cannot be processed',
  rate_limited: 'Too many requests',
  digest_mismatch: 'Digest mismatch',
  upstream_refused: 'Upstream refused',
  upstream_unreachable: 'Upstream unreachable',
  upstream_timeout: 'Upstream timed out',
  storage_full: 'Storage full',
  cancelled: 'Cancelled',
  unavailable: 'Not available now',
  internal: 'Internal error',
}

/** The error as a problem document (RFC 9457). */
export function problemOf(error: AppError, requestId?: string): Problem {
  return {
    type: `urn:entrepot:problem:${error.code.replaceAll('_', '-')}`,
    title: titles[error.code],
    status: statusOf[error.code],
    code: error.code,
    detail: error.message,
    ...(requestId !== undefined && { requestId }),
    ...(error.fields.length > 0 && { fields: error.fields }),
  }
}

/** The error as an `application/problem+json` response. */
export function problemResponse(error: AppError, requestId?: string): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (error.code === 'unauthenticated')
    headers.set('www-authenticate', 'Bearer realm="Entrepot", Basic realm="Entrepot"')
  if (error.retryAfter !== undefined) headers.set('retry-after', String(Math.ceil(error.retryAfter)))
  return new Response(JSON.stringify(problemOf(error, requestId)), { status: statusOf[error.code], headers })
}
