import type { Token } from '@/server/auth/schema'

const SOON_MS = 7 * 86_400_000

/** Whether a token works, and for how long still. */
export function standingOf(token: Token, now: Date): 'active' | 'expiring' | 'expired' | 'revoked' {
  if (token.revokedAt !== null) return 'revoked'
  if (token.expiresAt === null) return 'active'
  const left = new Date(token.expiresAt).getTime() - now.getTime()
  if (left <= 0) return 'expired'
  return left < SOON_MS ? 'expiring' : 'active'
}
