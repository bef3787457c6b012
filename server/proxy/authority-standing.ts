import type { Authority } from '@/server/proxy/schema'

/** The times that decide what an authority is for. */
export interface AuthorityTimes {
  id: string
  notAfter: Date
  signsFrom: Date
  retiredAt: Date | null
}

/**
 * What each authority is for at a moment. Of those that are neither retired nor expired, the one whose turn to sign began
 * last signs; those whose turn is still to come are `next`, those whose turn is over `previous`, and clients are offered
 * them all, so that they trust the next one before it signs and the previous one until they are restarted.
 */
export function standings(
  authorities: readonly AuthorityTimes[],
  now: Date,
): Map<string, Authority['standing']> {
  const alive = authorities.filter(({ notAfter, retiredAt }) => retiredAt === null && notAfter > now)
  const signing = alive
    .filter(({ signsFrom }) => signsFrom <= now)
    .toSorted((one, other) => compare(other, one))[0]
  return new Map(
    authorities.map((authority) => {
      if (!alive.includes(authority)) return [authority.id, 'retired']
      if (authority === signing) return [authority.id, 'signing']
      return [authority.id, authority.signsFrom > now ? 'next' : 'previous']
    }),
  )
}

/** By the beginning of their turn; identifiers are time-ordered, so the younger of two equals comes last. */
function compare(one: AuthorityTimes, other: AuthorityTimes): number {
  return one.signsFrom.getTime() - other.signsFrom.getTime() || (one.id < other.id ? -1 : 1)
}
