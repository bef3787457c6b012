/** What a server wants to be told before it answers (RFC 9110 §11.6.1). */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  scheme: string
  /** Names in lower case. */
  parameters: ReadonlyMap<string, string>
}

/** Longer fields are not read: nobody asks for so much. */
const MAX_LENGTH = 8192
const MAX_CHALLENGES = 8
const MAX_PARAMETERS = 32

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const PARAMETER = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|((?!")[^\s",]*))/y
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y
const SPACE = /[ \t]*/y
const SEPARATOR = /[ \t]*(?:,[ \t]*)*/y

/** Reads a WWW-Authenticate field. What breaks the grammar ends the reading; what was read before it counts. */
export function parseChallenges(field: string): Challenge[] {
  const text = field.slice(0, MAX_LENGTH)
  const challenges: Challenge[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at = pattern.lastIndex
    return match
  }
  take(SEPARATOR)
  while (challenges.length < MAX_CHALLENGES) {
    const scheme = take(TOKEN)?.[0]
    if (scheme === undefined) break
    take(SPACE)
    challenges.push({ scheme: scheme.toLowerCase(), parameters: readParameters(take) })
  }
  return challenges
}

function readParameters(take: (pattern: RegExp) => RegExpExecArray | null): Map<string, string> {
  const parameters = new Map<string, string>()
  // Credentials of Negotiate and its like say nothing to us, and must not be taken for a scheme or a parameter.
  take(TOKEN68)
  take(SEPARATOR)
  for (let count = 0; count < MAX_PARAMETERS; count += 1) {
    const [, name, quoted, plain = ''] = take(PARAMETER) ?? []
    if (name === undefined) break
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain)
    take(SEPARATOR)
  }
  return parameters
}
