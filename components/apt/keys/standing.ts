const SOON_MS = 60 * 86_400_000

/** What a signing key does at a moment; a new key signs from the next change on. */
export function standingOf(
  { retiredAt, expiresAt }: { retiredAt: string | null; expiresAt: string | null },
  now: Date,
): 'signing' | 'expiring' | 'expired' | 'retired' {
  if (retiredAt !== null) return 'retired'
  if (expiresAt === null) return 'signing'
  const left = Date.parse(expiresAt) - now.getTime()
  if (left <= 0) return 'expired'
  return left < SOON_MS ? 'expiring' : 'signing'
}

/** A fingerprint in groups of four, as GnuPG writes it. */
export function inFours(fingerprint: string): string {
  return fingerprint.toUpperCase().replaceAll(/(.{4})(?=.)/g, '$1 ')
}
