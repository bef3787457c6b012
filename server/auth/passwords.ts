import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { AppError } from '@/server/errors'

/** Checks that may wait at once in this process; each takes 19 MiB and some 30 ms of a core while it runs. */
const MAX_WAITING = 32
/** No letters or digits that are mistaken for another. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789'

let waiting = 0
let decoy: Promise<string> | undefined

/** The password as an argon2id hash (the library's default cost, OWASP's: 19 MiB, 2 passes, 1 lane). */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'))
}

/**
 * Whether the password is the one behind the hash. Without a hash it works as long, and answers false: the time taken
 * tells nobody whether an account exists.
 * @throws AppError `rate_limited` while more checks wait than the machine should queue.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  if (waiting >= MAX_WAITING) {
    throw new AppError('rate_limited', 'Too many people sign in right now. Try again in a moment.', {
      retryAfter: 1,
    })
  }
  waiting += 1
  try {
    decoy ??= hashPassword(readablePassword())
    const same = await verify(stored ?? (await decoy), password.normalize('NFKC'))
    return same && stored !== null
  } finally {
    waiting -= 1
  }
}

/** A password of 99 random bits that can be read out and typed: `k7mwp-3xqdn-…`. */
export function readablePassword(): string {
  const group = () => Array.from({ length: 5 }, () => READABLE[randomInt(READABLE.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
