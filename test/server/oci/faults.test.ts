import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '@/server/errors'
import { answerOfError } from '@/server/oci/answers'
import { type FaultName, faultBody, faultOf, RegistryFault, statusOfFault } from '@/server/oci/faults'

/** As a record, so that a code that comes without an expectation does not compile. */
const codes: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 403,
  precondition_failed: 403,
  too_large: 413,
  range_not_satisfiable: 416,
  misdirected: 404,
  unprocessable: 400,
  rate_limited: 429,
  digest_mismatch: 400,
  upstream_refused: 503,
  upstream_unreachable: 503,
  upstream_timeout: 503,
  storage_full: 503,
  cancelled: 503,
  unavailable: 503,
  internal: 500,
}

/** OCI distribution-spec 1.1, “Error Codes”. */
const SPECIFIED = new Set([
  ...[
    'BLOB_UNKNOWN',
    'BLOB_UPLOAD_INVALID',
    'BLOB_UPLOAD_UNKNOWN',
    'DIGEST_INVALID',
    'MANIFEST_BLOB_UNKNOWN',
  ],
  ...['MANIFEST_INVALID', 'MANIFEST_UNKNOWN', 'NAME_INVALID', 'NAME_UNKNOWN', 'SIZE_INVALID', 'UNAUTHORIZED'],
  ...['DENIED', 'UNSUPPORTED', 'TOOMANYREQUESTS'],
])

const spoken = (fault: FaultName) => JSON.parse(faultBody(fault, 'x')).errors[0].code

describe('an error', () => {
  it.each(Object.entries(codes) as [ErrorCode, number][])('%s is answered with %i', (code, status) => {
    const fault = faultOf(new AppError(code, 'x'))
    expect(statusOfFault(fault)).toBe(status)
    if (status < 500) expect(SPECIFIED).toContain(spoken(fault))
  })

  it.each([
    ['RANGE_INVALID', 416],
    ['TAG_INVALID', 400],
    ['PAGINATION_NUMBER_INVALID', 400],
    ['MANIFEST_BLOB_UNKNOWN', 404],
  ] as const)('%s keeps its own status %i, and speaks as the specification does', (name, status) => {
    const fault = faultOf(new RegistryFault(name, 'x'))
    expect([fault, statusOfFault(fault)]).toEqual([name, status])
    expect(SPECIFIED).toContain(spoken(fault))
  })

  it('that nobody expected tells nothing of itself', () => {
    const error = Object.assign(new Error('password=x at /srv/data'), { detail: { query: 'SELECT 1' } })
    const { status, body } = answerOfError(error)
    expect(status).toBe(500)
    expect(JSON.parse(String(body)).errors).toEqual([
      { code: 'UNKNOWN', message: expect.not.stringMatching(/password|SELECT|srv/), detail: {} },
    ])
  })

  it('says when to come again in whole seconds', () => {
    const { headers } = answerOfError(new AppError('rate_limited', 'x', { retryAfter: 1.2 }))
    expect(headers[headers.indexOf('Retry-After') + 1]).toBe('2')
  })

  it('may have any text: its body is JSON all the same', () => {
    const message = '"}]}\r\n\0\u2028“…”\ud800'
    const { body, headers } = answerOfError(new RegistryFault('NAME_INVALID', message, { name: message }))
    const [error] = JSON.parse(String(body)).errors
    expect(error).toEqual({ code: 'NAME_INVALID', message, detail: { name: message } })
    expect(headers[headers.indexOf('Content-Length') + 1]).toBe(String((body as Buffer).length))
  })
})
