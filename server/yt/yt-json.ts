/**
 * JSON as clusters read it (YTsaurus documentation, “JSON”): their strings are bytes, and a character of JSON text is one
 * byte. So UTF-8 goes through as one character for each of its bytes; the result is ASCII, and fits into a header.
 */
export function toYtJson(value: unknown): string {
  return JSON.stringify(value, (_key, each) => (typeof each === 'string' ? asBytes(each) : each)).replaceAll(
    /[\u007f-\u00ff]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  )
}

/** @throws SyntaxError for what is not JSON. */
export function fromYtJson(text: string): unknown {
  return JSON.parse(text, (_key, each) => (typeof each === 'string' ? asText(each) : each))
}

function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function asText(bytes: string): string {
  return /^[\0-\u007f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString()
}
