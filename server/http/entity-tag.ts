/** RFC 9110 §8.8.3: an opaque quoted string, prefixed with `W/` when weak. */
const LIST_MEMBER = /[ \t]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*"))?[ \t]*(?:,|$)/y

/** The strong entity tag of content: its digest, so that equal tags mean equal bytes on every server. */
export function entityTagOf(algorithm: 'sha256' | 'sha512', hex: string): string {
  return `"${algorithm}:${hex}"`
}

/**
 * Whether a list of entity tags (If-Match, If-None-Match) names this strong tag, or is `*`.
 * A list that breaks the grammar names nothing.
 * @param comparison `strong` ignores weak members, `weak` does not (RFC 9110 §8.8.3.2).
 */
export function namesEntityTag(list: string, tag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true
  let found = false
  LIST_MEMBER.lastIndex = 0
  while (LIST_MEMBER.lastIndex < list.length) {
    const member = LIST_MEMBER.exec(list)
    if (member === null) return false
    found ||= member[2] === tag && (comparison === 'weak' || member[1] === undefined)
  }
  return found
}
