import { FormatError } from '@/server/apt/format/format-error'

/** A document in the cleartext signature framework (RFC 9580 §7). */
export interface Clearsigned {
  /** What was signed and nothing else: dashes unescaped, without white space at the ends of lines, lines ended by `\n`. */
  text: string
  /** The armored block. */
  signature: string
}

const BEGIN_MESSAGE = '-----BEGIN PGP SIGNED MESSAGE-----'
const BEGIN_SIGNATURE = '-----BEGIN PGP SIGNATURE-----'
const END_SIGNATURE = '-----END PGP SIGNATURE-----'
const HASH_HEADER = /^Hash: [A-Za-z0-9-]+(, ?[A-Za-z0-9-]+)*$/
const MAX_HEADERS = 10
const MAX_SIGNATURE = 64 * 1024

/**
 * Takes a signed document apart.
 * @returns undefined for a text that is not signed at all.
 * @throws FormatError when anything stands outside what was signed, or the frame is broken: no reader may take for signed what
 *   is not.
 */
export function parseClearsigned(document: string): Clearsigned | undefined {
  const lines = document.split('\n').map(withoutEnd)
  const begin = lines.findIndex((line) => line !== '')
  if (lines[begin] !== BEGIN_MESSAGE) {
    const stray = lines.findIndex((line) => line.startsWith('-----BEGIN PGP'))
    if (stray === -1) return undefined
    throw new FormatError('Something stands before the signed text.', stray + 1)
  }
  const start = endOfHeaders(lines, begin + 1)
  const end = lines.indexOf(BEGIN_SIGNATURE, start)
  if (end === -1) throw new FormatError('The signed text has no signature after it.', lines.length)
  const close = lines.indexOf(END_SIGNATURE, end)
  if (close === -1) throw new FormatError('The signature has no end.', lines.length)
  const after = lines.findIndex((line, index) => index > close && line !== '')
  if (after !== -1) throw new FormatError('Something stands after the signature.', after + 1)
  const signature = lines.slice(end, close + 1).join('\n')
  if (signature.length > MAX_SIGNATURE) {
    throw new FormatError(`The signature is larger than ${MAX_SIGNATURE} bytes.`, end + 1)
  }
  const text = lines.slice(start, end).map((line, index) => withoutEscape(line, start + index + 1))
  return { text: text.map((line) => `${line}\n`).join(''), signature: `${signature}\n` }
}

/** A line without the white space at its end: in one pass, for a regular expression tries every stretch of it in the line. */
function withoutEnd(line: string): string {
  let end = line.length
  while (end > 0 && WHITE.has(line.charCodeAt(end - 1))) end -= 1
  return line.slice(0, end)
}

/** Space, tab, carriage return. */
const WHITE: ReadonlySet<number> = new Set([32, 9, 13])

/** Where the text begins: after the empty line behind the headers, of which only `Hash` may stand there. */
function endOfHeaders(lines: readonly string[], first: number): number {
  for (let index = first; index <= first + MAX_HEADERS; index += 1) {
    const line = lines[index]
    if (line === '') return index + 1
    if (line === undefined || !HASH_HEADER.test(line)) break
  }
  throw new FormatError('Between the first line and the signed text only “Hash:” may stand.', first + 1)
}

function withoutEscape(line: string, number: number): string {
  if (!line.startsWith('-')) return line
  // An escaped line that was empty after its dash has lost its space with the white space at its end.
  if (line === '-') return ''
  if (line.startsWith('- ')) return line.slice(2)
  throw new FormatError('A line of a signed text that begins with a dash must be escaped.', number)
}
