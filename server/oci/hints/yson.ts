/** What a text of YSON is made from here: strings, lists and maps of them. */
export type YsonValue = string | readonly YsonValue[] | { readonly [key: string]: YsonValue }

const ESCAPES: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Text YSON (YTsaurus documentation, “YSON”), each element on a line of its own as origin 001 shows it: elements are
 * separated by `;`, and none follows the last.
 */
export function toYson(value: YsonValue): string {
  if (typeof value === 'string') return quoted(value)
  if (isList(value)) return bracketed('[', value.map(toYson), ']')
  const entries = Object.entries(value).map(([key, each]) => `${quoted(key)} = ${toYson(each)}`)
  return bracketed('{', entries, '}')
}

function isList(
  value: readonly YsonValue[] | { readonly [key: string]: YsonValue },
): value is readonly YsonValue[] {
  return Array.isArray(value)
}

function bracketed(open: string, elements: string[], close: string): string {
  return elements.length === 0 ? `${open}\n${close}` : `${open}\n${elements.join(';\n')}\n${close}`
}

/** Strings of YSON are bytes: what is not printable ASCII is written in hexadecimal. */
function quoted(text: string): string {
  let inside = ''
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte)
    const isPlain = byte >= 0x20 && byte < 0x7f
    inside += ESCAPES[character] ?? (isPlain ? character : `\\x${byte.toString(16).padStart(2, '0')}`)
  }
  return `"${inside}"`
}
