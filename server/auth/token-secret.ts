import { createHash, randomBytes } from 'node:crypto'

const SHOWN = 12
const GRAMMAR = /^ent_[A-Za-z0-9_-]{20,200}$/

/** A new token secret: `ent_` and 256 random bits. */
export function newTokenSecret(): string {
  return `ent_${randomBytes(32).toString('base64url')}`
}

/** Whether this could be a token at all, so that garbage costs no look-up. */
export function looksLikeToken(text: string): boolean {
  return GRAMMAR.test(text)
}

/** What is stored of a secret. A fast hash is enough: nobody guesses 256 random bits. */
export function hashToken(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The first characters, by which people recognise it. */
export function tokenPrefix(secret: string): string {
  return secret.slice(0, SHOWN)
}

/**
 * The token inside an Authorization (or Proxy-Authorization) header: `Bearer <token>` (RFC 6750), or `Basic` with the
 * token as password and any login (RFC 7617). Passwords of people are not accepted here, only at sign-in.
 * @returns undefined for any other scheme and for anything malformed.
 */
export function tokenOfHeader(header: string): string | undefined {
  const [, scheme = '', value = ''] = /^\s*(\S+)[ \t]+(\S+)\s*$/.exec(header) ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return undefined
  const decoded = Buffer.from(value, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  return colon < 0 ? undefined : decoded.slice(colon + 1)
}
