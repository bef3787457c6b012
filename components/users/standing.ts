import type { User } from '@/server/auth/schema'

/** Whether someone may sign in now. */
export function standingOf(user: User, now: Date): 'active' | 'locked' | 'disabled' {
  if (user.disabledAt !== null) return 'disabled'
  return user.lockedUntil !== null && new Date(user.lockedUntil) > now ? 'locked' : 'active'
}
