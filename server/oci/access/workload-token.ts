import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'

/** What a token must satisfy to be this pipeline’s. */
export interface PinnedIdentity {
  issuer: string
  audience: string
  keys: JSONWebKeySet
  /** Claims with their values; `sub` may end in `*`. */
  claims: Record<string, unknown>
}

/** Asymmetric ones only: with HS256, a public key would do as the secret. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
const CLOCK_SKEW_SECONDS = 30
const OLDEST_SECONDS = 24 * 3600
const LONGEST = 16 * 1024
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** Whether this is a signed JWT by its form (RFC 7519, compact), so that nothing else costs a look-up. */
export function looksLikeJwt(text: string): boolean {
  return text.length <= LONGEST && text.startsWith('ey') && COMPACT.test(text)
}

/** What a token says, unverified: only good for finding out whose keys to verify it with. */
export function claimsOf(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token)
  } catch {
    return undefined
  }
}

/** Whether the claims, verified or not, are those of the identity. */
export function claimsMatch(payload: JWTPayload, { issuer, audience, claims }: PinnedIdentity): boolean {
  return (
    payload.iss === issuer &&
    [payload.aud].flat().includes(audience) &&
    Object.entries(claims).every(([name, wanted]) => claimMatches(name, payload[name], wanted))
  )
}

function claimMatches(name: string, value: unknown, wanted: unknown): boolean {
  if (name === 'sub' && typeof wanted === 'string' && wanted.endsWith('*')) {
    return typeof value === 'string' && value.startsWith(wanted.slice(0, -1))
  }
  return value === wanted
}

/**
 * Verifies a token against a pinned identity: signature by one of the pinned keys (`kid` chooses among them; keys that the
 * token brings or points to, in `jwk`, `jku`, `x5c` or `x5u`, are not looked at), issuer, audience, time and claims.
 * It must say when it ends and when it was issued, no longer than a day ago.
 * @returns what is wrong, as a sentence; undefined when nothing is.
 */
export async function faultOfWorkloadToken(
  token: string,
  identity: PinnedIdentity,
  now: Date,
): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(identity.keys), {
      algorithms: ALGORITHMS,
      issuer: identity.issuer,
      audience: identity.audience,
      requiredClaims: ['exp', 'iat'],
      maxTokenAge: OLDEST_SECONDS,
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: now,
    })
    return claimsMatch(payload, identity) ? undefined : 'Its claims are not those of this workload.'
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'It has expired.'
    if (error instanceof errors.JWTClaimValidationFailed) return `Its claim “${error.claim}” does not hold.`
    if (error instanceof errors.JOSEAlgNotAllowed) return 'It is signed by an algorithm that is not taken.'
    if (error instanceof errors.JWKSNoMatchingKey) return 'It is signed by a key that is not pinned.'
    return 'It is not signed by a pinned key.'
  }
}
