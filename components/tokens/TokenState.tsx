'use client'

import { standingOf } from '@/components/tokens/standing'
import { StateBadge } from '@/components/ui/StateBadge'
import { useNow } from '@/components/ui/use-now'
import type { Token } from '@/server/auth/schema'

/** Whether a token works. Until the browser's clock is known, one that expires counts as active. */
export function TokenState({ token }: { token: Token }) {
  const now = useNow()
  return <StateBadge state={standingOf(token, now ?? new Date(0))} />
}
