import { AppError, type ErrorCode } from '@/server/errors'

/** Codes of errors of a cluster that mean something to us (YTsaurus documentation, “Error codes”). */
export const YT = {
  transport: 100,
  rpcUnavailable: 105,
  rpcQueueFull: 108,
  lockConflict: 402,
  resolve: 500,
  exists: 501,
  authentication: 900,
  authorization: 901,
  accountLimit: 902,
  tooManyRequests: 904,
  noTransaction: 11000,
} as const

const TRANSIENT = [YT.transport, YT.rpcUnavailable, YT.rpcQueueFull, YT.tooManyRequests]
const MAX_DEPTH = 20

/** An error of a cluster; what it is about is often only said by an error inside it. */
export class YtError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly inner: readonly YtError[] = [],
  ) {
    super(message)
    this.name = 'YtError'
  }

  /** Whether it, or an error inside it, has this code. */
  has(code: number): boolean {
    return this.code === code || this.inner.some((error) => error.has(code))
  }

  /** Whether the same request may do better in a moment. */
  get isTransient(): boolean {
    return TRANSIENT.some((code) => this.has(code))
  }

  /** What the innermost first error says. */
  get reason(): string {
    return this.inner[0]?.reason ?? this.message
  }
}

/**
 * Reads an error as clusters send it: `{code, message, attributes, inner_errors}` in JSON.
 * @returns undefined when it says that there is none (code 0).
 */
export function parseYtError(text: string): YtError | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return new YtError(1, text.slice(0, 500))
  }
  const error = readError(value, 0)
  return error.code === 0 && error.inner.length === 0 ? undefined : error
}

function readError(value: unknown, depth: number): YtError {
  const { code, message, inner_errors: inner } = (value ?? {}) as Record<string, unknown>
  const inside = Array.isArray(inner) && depth < MAX_DEPTH ? inner.slice(0, 100) : []
  return new YtError(
    typeof code === 'number' ? code : 1,
    typeof message === 'string' ? message.slice(0, 500) : 'an error without a message',
    inside.map((each) => readError(each, depth + 1)),
  )
}

const meanings: readonly [number, ErrorCode, string][] = [
  [YT.authentication, 'unauthenticated', 'The cluster does not know this token'],
  [YT.authorization, 'forbidden', 'The cluster does not permit this'],
  [YT.accountLimit, 'storage_full', 'The account in the cluster is full'],
  [YT.noTransaction, 'unavailable', 'The transaction in the cluster has expired'],
  [YT.resolve, 'not_found', 'The cluster has no such node'],
  [YT.lockConflict, 'conflict', 'Someone else is changing this in the cluster'],
]

/** An error of a cluster as ours; others are passed on as they are. */
export function ytFault(error: YtError): AppError
export function ytFault(error: unknown): unknown
export function ytFault(error: unknown): unknown {
  if (!(error instanceof YtError)) return error
  for (const [number, code, text] of meanings) {
    if (error.has(number)) return new AppError(code, `${text}: ${error.reason}`, { cause: error })
  }
  return new AppError('unavailable', `The cluster failed: ${error.reason}`, { cause: error })
}
