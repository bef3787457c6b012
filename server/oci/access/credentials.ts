/** What an Authorization header carries, by its scheme. */
export type Credentials =
  | { scheme: 'basic'; login: string; password: string }
  | { scheme: 'bearer'; token: string }

/** RFC 9110 §11.4: one scheme, white space, one token68. */
const FORM = /^\s*([A-Za-z]+)[ \t]+([A-Za-z0-9._~+/-]+=*)\s*$/
/** A bound on what is hashed and looked up. */
const LONGEST = 32 * 1024

/**
 * Reads Basic (RFC 7617, as UTF-8) or Bearer (RFC 6750).
 * @returns undefined for any other scheme and for anything malformed.
 */
export function readCredentials(header: string): Credentials | undefined {
  if (header.length > LONGEST) return undefined
  const [, scheme = '', value = ''] = FORM.exec(header) ?? []
  if (scheme.toLowerCase() === 'bearer') return { scheme: 'bearer', token: value }
  if (scheme.toLowerCase() !== 'basic') return undefined
  const decoded = Buffer.from(value, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 0) return undefined
  return { scheme: 'basic', login: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}
