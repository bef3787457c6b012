'use client'

import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import { expiryOf } from '@/components/settings/expiry'
import { Badge } from '@/components/ui/Badge'
import { useNow } from '@/components/ui/use-now'

const icons = { ok: CircleCheck, attention: TriangleAlert, failed: CircleAlert }

/** How long a certificate is good for; nothing until the browser's clock is known. */
export function ExpiryBadge({ notAfter }: { notAfter: string }) {
  const now = useNow()
  if (now === undefined) return null
  const { tone, words } = expiryOf(notAfter, now)
  return (
    <Badge tone={tone} icon={icons[tone]}>
      {words}
    </Badge>
  )
}
