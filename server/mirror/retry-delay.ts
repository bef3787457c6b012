/** No attempt is put off for longer than this, whatever the upstream asks for. */
const LONGEST_MS = 3600 * 1000

export interface RetryTerms {
  /** Attempts made so far, at least 1. */
  attempt: number
  /** `ENTREPOT_FETCH_RETRY_SECONDS`: the most that the first delay may be; it doubles with each attempt. */
  baseSeconds: number
  /** What the upstream asked for in Retry-After, in seconds. */
  retryAfter?: number | undefined
  /** Uniform in [0, 1). */
  random: () => number
}

/**
 * Milliseconds until the next attempt: exponential back-off with full jitter, so that many files that failed together do
 * not come back together. A Retry-After is a lower bound, and gets its jitter on top.
 */
export function retryDelay({ attempt, baseSeconds, retryAfter = 0, random }: RetryTerms): number {
  const ceiling = Math.min(LONGEST_MS, baseSeconds * 1000 * 2 ** (attempt - 1))
  return Math.round(Math.min(LONGEST_MS, retryAfter * 1000 + random() * ceiling))
}
