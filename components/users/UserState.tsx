'use client'

import { StateBadge } from '@/components/ui/StateBadge'
import { Time } from '@/components/ui/Time'
import { useNow } from '@/components/ui/use-now'
import { standingOf } from '@/components/users/standing'
import type { User } from '@/server/auth/schema'

/** Whether someone may sign in, and why not. */
export function UserState({ user }: { user: User }) {
  const now = useNow()
  // On the server and while hydrating the clock is not known; a lock shows a moment later.
  const standing = standingOf(user, now ?? new Date(user.lockedUntil ?? 0))
  return <StateBadge state={standing} cause={causeOf(user, standing)} />
}

function causeOf(user: User, standing: 'active' | 'locked' | 'disabled') {
  if (standing === 'locked') {
    return (
      <p>
        Too many wrong passwords. It opens again by itself <Time at={user.lockedUntil} />, or at once with a
        new password.
      </p>
    )
  }
  if (standing === 'disabled') {
    return (
      <p>
        Disabled <Time at={user.disabledAt} />. They cannot sign in and their tokens do not work.
      </p>
    )
  }
  return undefined
}
