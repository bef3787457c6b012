import { AppError } from '@/server/errors'
import { retryAfterOf } from '@/server/images/rate-limit'
import { statusFault } from '@/server/mirror/upstream-fault'
import type { Answer } from '@/server/mirror/upstream-request'

interface Scene {
  now: Date
  /** Credentials were sent. */
  isKnown: boolean
  /** What was asked for, such as `org/img@sha256:…`. */
  what?: string
}

/** The fault of an answer that is not what a registry was asked for, in words for the person who declared the image. */
export function registryFault(answer: Answer, { now, isKnown, what }: Scene): AppError {
  const { uri, status, headers } = answer
  const { host } = uri
  if (status === 429) {
    const retryAfter = retryAfterOf(headers, now)
    const message = `${host} lets nobody ask so often (429).`
    return new AppError('rate_limited', message, retryAfter === undefined ? {} : { retryAfter })
  }
  if (status === 401 || status === 403) {
    const how = isKnown
      ? 'The stored credentials do not suffice.'
      : 'An administrator can store credentials for this registry.'
    return new AppError(
      'upstream_refused',
      `${host} does not let Entrepôt read ${what ?? 'this'} (${status}). ${how}`,
    )
  }
  if (status === 404 && what !== undefined)
    return new AppError('upstream_refused', `${host} has no ${what} (404).`)
  const fault = statusFault(host, answer, now)
  return fault ?? new AppError('upstream_refused', `${host} answered ${status}.`)
}
