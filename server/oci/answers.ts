import { type AppError, toAppError } from '@/server/errors'
import type { Answer } from '@/server/http/answer'
import { type FaultName, faultBody, faultOf, statusOfFault } from '@/server/oci/faults'

/** On every answer, as docker's clients know a registry by it. */
export const VERSION = ['Docker-Distribution-API-Version', 'registry/2.0'] as const

/** An answer without content. */
export function bareAnswer(status: number, headers: readonly string[] = []): Answer {
  const length = status === 204 ? [] : ['Content-Length', '0']
  return { status, headers: [...VERSION, ...length, ...headers] }
}

interface JsonAnswer {
  status?: number
  type?: string
  headers?: readonly string[]
}

/** An answer that may be different the next moment. */
export function jsonAnswer(
  value: unknown,
  { status = 200, type = 'application/json', headers = [] }: JsonAnswer = {},
): Answer {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  return {
    status,
    headers: [
      ...VERSION,
      ...[
        'Content-Type',
        type,
        'Content-Length',
        String(body.length),
        'Cache-Control',
        'no-store, no-transform',
      ],
      ...['X-Content-Type-Options', 'nosniff', ...headers],
    ],
    body,
  }
}

/** A refusal in the protocol's own words. */
export function faultAnswer(
  fault: FaultName,
  message: string,
  headers: readonly string[] = [],
  detail = {},
): Answer {
  return jsonAnswer(faultBody(fault, message, detail), { status: statusOfFault(fault), headers })
}

/** What went wrong, as the protocol says it; nothing of what only the log should know. */
export function answerOfError(error: unknown, headers: readonly string[] = []): Answer {
  const known: AppError = toAppError(error)
  const retry = known.retryAfter === undefined ? [] : ['Retry-After', String(Math.ceil(known.retryAfter))]
  return faultAnswer(faultOf(known), known.message, [...headers, ...retry], known.detail)
}
