import type { Tone } from '@/components/ui/Badge'

const DAY_MS = 86_400_000
/** A rotation wants two weeks of overlap, and somebody who notices. */
const ATTENTION_DAYS = 60
const FAILED_DAYS = 14

interface Expiry {
  tone: Extract<Tone, 'ok' | 'attention' | 'failed'>
  /** Such as `3,642 days left`. */
  words: string
}

/** How long a certificate is good for, and whether somebody must act. */
export function expiryOf(notAfter: string, now: Date): Expiry {
  const days = Math.floor((new Date(notAfter).getTime() - now.getTime()) / DAY_MS)
  if (days < 0) return { tone: 'failed', words: 'expired' }
  const words =
    days === 0 ? 'expires today' : `${days.toLocaleString('en-GB')} ${days === 1 ? 'day' : 'days'} left`
  if (days < FAILED_DAYS) return { tone: 'failed', words }
  return { tone: days < ATTENTION_DAYS ? 'attention' : 'ok', words }
}

/** A fingerprint as other programs print it: upper-case pairs with colons. */
export function colonPairs(fingerprint: string): string {
  return (fingerprint.match(/../g) ?? []).join(':').toUpperCase()
}
