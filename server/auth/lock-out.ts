import { LRUCache } from 'lru-cache'

const FREE_FAILURES = 4
const FIRST_LOCK_SECONDS = 30
const LONGEST_LOCK_SECONDS = 3600

/** Seconds for which the account is locked after so many failures in a row: 0 below five, then 30, 60, 120 … 3600. */
export function lockSeconds(failures: number): number {
  if (failures <= FREE_FAILURES) return 0
  return Math.min(FIRST_LOCK_SECONDS * 2 ** Math.min(failures - FREE_FAILURES - 1, 20), LONGEST_LOCK_SECONDS)
}

interface Tally {
  failures: number
  lockedUntil: number
}

/**
 * Locks e-mail addresses that belong to nobody in the same way as accounts, so that a lock does not reveal who exists.
 * Holds the most recent 10,000.
 */
export class StrangerLocks {
  private readonly tallies = new LRUCache<string, Tally>({ max: 10_000 })

  /** Counts an attempt. @returns the instant (ms) until which it is locked, when it was locked already. */
  attempt(email: string, now: Date): number | undefined {
    const tally = this.tallies.get(email) ?? { failures: 0, lockedUntil: 0 }
    if (tally.lockedUntil > now.getTime()) return tally.lockedUntil
    const failures = tally.failures + 1
    const seconds = lockSeconds(failures)
    this.tallies.set(email, { failures, lockedUntil: seconds === 0 ? 0 : now.getTime() + seconds * 1000 })
    return undefined
  }
}
