/**
 * Everything that can go wrong and that a caller may act on. The domain knows no HTTP: each protocol maps
 * these codes with one total table of its own, so a new code does not compile without a status.
 */
export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'precondition_failed'
  | 'too_large'
  | 'range_not_satisfiable'
  | 'misdirected'
  | 'unprocessable'
  | 'rate_limited'
  | 'digest_mismatch'
  | 'upstream_refused'
  | 'upstream_unreachable'
  | 'upstream_timeout'
  | 'storage_full'
  | 'cancelled'
  | 'unavailable'
  | 'internal'

/** One fault of one field; `path` is a JSON path such as `files.3.uri`. */
export interface FieldFault {
  path: string
  message: string
}

interface AppErrorOptions {
  cause?: unknown
  fields?: FieldFault[]
  /** Seconds after which trying again makes sense. */
  retryAfter?: number
  detail?: Record<string, unknown>
}

/** The only error the domain throws. `message` is written for the person who caused it and may be shown to them. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly fields: FieldFault[]
  readonly retryAfter: number | undefined
  readonly detail: Record<string, unknown>

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.fields = options.fields ?? []
    this.retryAfter = options.retryAfter
    this.detail = options.detail ?? {}
  }
}

/** PostgreSQL's words for text with U+0000, which it keeps in no column; in JSON it calls it otherwise. */
const ZERO_BYTES = new Set<unknown>(['22021', '22P05'])

interface DatabaseFault {
  code?: unknown
  meta?: { driverAdapterError?: { cause?: { code?: unknown } } }
}

/** The error as an AppError; anything unknown becomes `internal` with a message that reveals nothing. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('storage_full', 'The storage is full; nothing was changed.', { cause: error })
  }
  const inDatabase = (error as DatabaseFault | undefined)?.meta?.driverAdapterError?.cause?.code
  if (ZERO_BYTES.has(code) || ZERO_BYTES.has(inDatabase)) {
    return new AppError('invalid', 'Text may not have the character U+0000.', { cause: error })
  }
  return new AppError('internal', 'Something failed inside Entrepôt. The log has the details.', {
    cause: error,
  })
}
