import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import ipaddr from 'ipaddr.js'
import { AppError } from '@/server/errors'

/** A URI in its one normal form. */
export interface Uri {
  /** The whole of it; two texts that mean the same resource give the same string. */
  uri: string
  /** `hostname`, or `hostname:port` where the port is not the scheme's own. */
  host: string
  scheme: 'http' | 'https'
  /** Path and query, as they go into the request line. */
  target: string
}

export const MAX_URI_LENGTH = 2048

const DEFAULT_PORT = { http: '80', https: '443' } as const

/** RFC 3986, appendix B, narrowed to what a declared URI may have. */
const SHAPE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?$/i
/** Controls, every kind of space, format characters such as zero-width ones, private use, lone surrogates. */
const INVISIBLE = /[\p{C}\p{Z}]/u
/** RFC 3986 §2.3. */
const UNRESERVED = /^[A-Za-z0-9._~-]$/
/** Not a `pchar`, `/` or `?` of RFC 3986 §3.3 and §3.4. */
const NOT_PLAIN = /[^A-Za-z0-9._~!$&'()*+,;=:@/?%-]/gu
/** RFC 1123 §2.1, and the underscore that storage buckets have. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * Reads a URI that may be declared, and brings it into its normal form. Everything that compares URIs (declaring, proxy,
 * misses, redirects) uses this function, so that they agree.
 *
 * Normal form: RFC 3986 §6.2.2 and §6.2.3. Scheme and host in lower case, names as A-labels (UTS #46) without the root's
 * dot, addresses in their shortest form; the scheme's own port dropped; an empty path becomes `/`; dot segments removed;
 * percent-encodings in upper case, and of unreserved characters decoded; characters that a URI may not hold (`|`, `ü`)
 * percent-encoded as UTF-8. Nothing else is touched: the query keeps its order, `+` stays apart from `%2B`, `//` from `/`.
 *
 * @param maxLength in characters, of the text as well as of its normal form.
 * @throws AppError `invalid` with one sentence for the person who gave it. Nothing is repaired beyond the above.
 */
export function parseUri(text: string, maxLength: number = MAX_URI_LENGTH): Uri {
  if (text.length > maxLength) throw tooLong(maxLength)
  if (INVISIBLE.test(text)) throw invalid('The URL contains a space or an invisible character.')
  if (text.includes('\\')) throw invalid('The URL contains a backslash.')
  if (text.includes('#')) throw invalid('Leave out the part from “#” on: it is never sent to a server.')
  const [, schemeText, authority, path, query = ''] = SHAPE.exec(text) ?? []
  if (schemeText === undefined || authority === undefined || path === undefined) {
    throw invalid('Give a whole URL, such as https://example.org/file.tar.gz.')
  }
  const scheme = schemeText.toLowerCase()
  if (scheme !== 'http' && scheme !== 'https') throw invalid('Only http and https URLs can be declared.')
  const host = parseAuthority(authority, scheme)
  const target = (removeDotSegments(percentNormal(path)) || '/') + percentNormal(query)
  const uri = `${scheme}://${host}${target}`
  if (uri.length > maxLength) throw tooLong(maxLength)
  return { uri, host, scheme, target }
}

/** As `parseUri`, but undefined for what it would refuse. */
export function tryParseUri(text: string): Uri | undefined {
  try {
    return parseUri(text)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

function parseAuthority(authority: string, scheme: 'http' | 'https'): string {
  if (authority.includes('@')) throw invalid('Leave user name and password out of the URL.')
  const [, hostText = '', portText = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? []
  if (hostText === '') throw invalid('The URL names no host.')
  const host = hostText.startsWith('[') ? parseBracketed(hostText) : parseName(hostText)
  const port = portText.replace(/^0+(?=\d)/, '')
  if (port === '' || port === DEFAULT_PORT[scheme]) return host
  if (!/^\d{1,5}$/.test(port) || Number(port) === 0 || Number(port) > 65535) {
    throw invalid(`“${shorten(portText)}” is not a port.`)
  }
  return `${host}:${port}`
}

function parseBracketed(text: string): string {
  const bare = text.slice(1, -1)
  if (isIP(bare) !== 6 || bare.includes('%')) throw invalid(`“${shorten(text)}” is not an IPv6 address.`)
  return `[${ipaddr.IPv6.parse(bare).toRFC5952String()}]`
}

/** RFC 3986 §3.2.2. A name whose last label is a number must be an IPv4 address in full: programs disagree on the others. */
function parseName(text: string): string {
  const malformed = () => invalid(`“${shorten(text)}” is not a host name.`)
  // Other ASCII than this would be read as a delimiter by the URL parser behind domainToASCII.
  if (/[^A-Za-z0-9._\u0080-\u{10ffff}-]/u.test(text)) throw malformed()
  const ascii = /^[\x21-\x7e]*$/.test(text) ? text.toLowerCase() : domainToASCII(text)
  const name = ascii.replace(/\.$/, '')
  if (isIP(name) === 4) return name
  const labels = name.split('.')
  // An A-label that stands for nothing is a host that no client can ask for.
  if (labels.some((label) => label.startsWith('xn--')) && domainToASCII(name) !== name) throw malformed()
  const isNumeric = /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')
  if (name.length > 253 || isNumeric || !labels.every((label) => LABEL.test(label))) throw malformed()
  return name
}

function percentNormal(text: string): string {
  return text
    .replace(NOT_PLAIN, (character) => encodeURIComponent(character))
    .replace(/%(.{0,2})/gs, (whole, hex) => {
      if (!/^[0-9A-Fa-f]{2}$/.test(hex))
        throw invalid('The URL contains a “%” without two hexadecimal digits after it.')
      const character = String.fromCharCode(Number.parseInt(hex, 16))
      return UNRESERVED.test(character) ? character : whole.toUpperCase()
    })
}

/** RFC 3986 §5.2.4, for a path that is empty or starts with a slash. */
function removeDotSegments(path: string): string {
  const segments = path.split('/').slice(1)
  const kept: string[] = []
  for (const [place, segment] of segments.entries()) {
    const isDot = segment === '.' || segment === '..'
    if (segment === '..') kept.pop()
    if (!isDot) kept.push(segment)
    else if (place === segments.length - 1) kept.push('')
  }
  return kept.map((segment) => `/${segment}`).join('')
}

function invalid(message: string): AppError {
  return new AppError('invalid', message)
}

function tooLong(maxLength: number): AppError {
  return invalid(`The URL is longer than ${maxLength.toLocaleString('en')} characters.`)
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
