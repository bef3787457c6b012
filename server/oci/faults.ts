import { AppError, type ErrorCode } from '@/server/errors'

/** Error codes of the OCI distribution-spec 1.1 (“Error Codes”), and some of ours with statuses of their own. */
interface Meaning {
  status: number
  code: ErrorCode
}

const meanings = {
  BLOB_UNKNOWN: { status: 404, code: 'not_found' },
  BLOB_UPLOAD_INVALID: { status: 400, code: 'invalid' },
  BLOB_UPLOAD_UNKNOWN: { status: 404, code: 'not_found' },
  DIGEST_INVALID: { status: 400, code: 'digest_mismatch' },
  MANIFEST_BLOB_UNKNOWN: { status: 404, code: 'not_found' },
  MANIFEST_INVALID: { status: 400, code: 'invalid' },
  MANIFEST_UNKNOWN: { status: 404, code: 'not_found' },
  NAME_INVALID: { status: 400, code: 'invalid' },
  NAME_UNKNOWN: { status: 404, code: 'not_found' },
  SIZE_INVALID: { status: 400, code: 'invalid' },
  UNAUTHORIZED: { status: 401, code: 'unauthenticated' },
  DENIED: { status: 403, code: 'forbidden' },
  UNSUPPORTED: { status: 405, code: 'method_not_allowed' },
  TOOMANYREQUESTS: { status: 429, code: 'rate_limited' },
  RANGE_INVALID: { status: 416, code: 'range_not_satisfiable' },
  TAG_INVALID: { status: 400, code: 'invalid' },
  PAGINATION_NUMBER_INVALID: { status: 400, code: 'invalid' },
  TOO_LARGE: { status: 413, code: 'too_large' },
  UNAVAILABLE: { status: 503, code: 'unavailable' },
  UNKNOWN: { status: 500, code: 'internal' },
} as const satisfies Record<string, Meaning>

export type FaultName = keyof typeof meanings

/** What goes wrong at the registry's door, under the name that clients of the protocol know. */
export class RegistryFault extends AppError {
  readonly fault: FaultName

  /** @param message for the person behind the client. */
  constructor(fault: FaultName, message: string, detail: Record<string, unknown> = {}) {
    super(meanings[fault].code, message, { detail })
    this.fault = fault
  }
}

/** Errors that other parts throw, as the registry names them: total, so that a new code does not compile without a name. */
const names: Record<ErrorCode, FaultName> = {
  invalid: 'MANIFEST_INVALID',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'DENIED',
  not_found: 'NAME_UNKNOWN',
  method_not_allowed: 'UNSUPPORTED',
  conflict: 'DENIED',
  precondition_failed: 'DENIED',
  too_large: 'TOO_LARGE',
  range_not_satisfiable: 'RANGE_INVALID',
  misdirected: 'NAME_UNKNOWN',
  unprocessable: 'MANIFEST_INVALID',
  rate_limited: 'TOOMANYREQUESTS',
  digest_mismatch: 'DIGEST_INVALID',
  upstream_refused: 'UNAVAILABLE',
  upstream_unreachable: 'UNAVAILABLE',
  upstream_timeout: 'UNAVAILABLE',
  storage_full: 'UNAVAILABLE',
  cancelled: 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
  internal: 'UNKNOWN',
}

/** The name under which the protocol knows an error. */
export function faultOf(error: AppError): FaultName {
  return error instanceof RegistryFault ? error.fault : names[error.code]
}

/** The HTTP status of a fault. */
export function statusOfFault(fault: FaultName): number {
  return meanings[fault].status
}

/** A client error must have one of the specification's codes: those that speak for ours. */
const spoken: Partial<Record<FaultName, FaultName>> = {
  RANGE_INVALID: 'BLOB_UPLOAD_INVALID',
  TAG_INVALID: 'MANIFEST_INVALID',
  PAGINATION_NUMBER_INVALID: 'UNSUPPORTED',
  TOO_LARGE: 'SIZE_INVALID',
}

/** The body of an error answer (OCI distribution-spec 1.1, “Error Codes”). */
export function faultBody(fault: FaultName, message: string, detail: Record<string, unknown> = {}): string {
  return JSON.stringify({ errors: [{ code: spoken[fault] ?? fault, message, detail }] })
}
