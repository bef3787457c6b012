import parseSpdx from 'spdx-expression-parse'
import identifiers from 'spdx-license-list/simple'
import { AppError } from '@/server/errors'

/** Identifiers by lower case: SPDX compares them without regard to case (SPDX 2.3, annex D.2). */
const canonical = new Map([...identifiers].map((id) => [id.toLowerCase(), id]))

/** What people write where they mean an identifier, without spaces and punctuation. */
const colloquial: Record<string, string> = {
  apache: 'Apache-2.0',
  apachelicense: 'Apache-2.0',
  apachelicense20: 'Apache-2.0',
  apache2: 'Apache-2.0',
  bsd: 'BSD-3-Clause',
  newbsd: 'BSD-3-Clause',
  commercial: 'LicenseRef-Commercial',
  gpl: 'GPL-3.0-or-later',
  gpl2: 'GPL-2.0-only',
  gpl3: 'GPL-3.0-only',
  gplv2: 'GPL-2.0-only',
  gplv3: 'GPL-3.0-only',
  lgpl: 'LGPL-3.0-or-later',
  lgplv21: 'LGPL-2.1-only',
  lgplv3: 'LGPL-3.0-only',
  agpl: 'AGPL-3.0-or-later',
  mitlicense: 'MIT',
  mpl: 'MPL-2.0',
  mpl2: 'MPL-2.0',
  proprietary: 'LicenseRef-Proprietary',
  publicdomain: 'CC0-1.0',
}

const CONJUNCTION = /^(and|or|with)$/i
const REFERENCE = /^(LicenseRef-|DocumentRef-)/

/**
 * Reads an SPDX licence expression (SPDX 2.3, annex D) and brings it into one form: identifiers spelt as in the list,
 * operators in upper case, single spaces. Licences outside the list go by `LicenseRef-<name>`.
 * @throws AppError `invalid` that names the word which is wrong, and the identifier that was probably meant.
 */
export function parseLicence(text: string): string {
  const words = text.match(/[()]|[^\s()]+/g) ?? []
  const expression = words
    .map(spell)
    .join(' ')
    .replace(/\( | \)/g, (bracket) => bracket.trim())
  if (isExpression(expression)) return expression
  throw new AppError('invalid', complaint(text.trim(), words))
}

function spell(word: string): string {
  if (CONJUNCTION.test(word)) return word.toUpperCase()
  const [, id = '', plus = ''] = /^(.*?)(\+?)$/.exec(word) ?? []
  const known = canonical.get(word.toLowerCase()) ?? canonical.get(id.toLowerCase())
  if (known === undefined) return word
  return canonical.has(word.toLowerCase()) ? known : known + plus
}

function isExpression(text: string): boolean {
  // The parser skips what it does not know in front of a word, so the alphabet is checked before.
  if (!/^[A-Za-z0-9.+:() -]+$/.test(text)) return false
  try {
    parseSpdx(text)
    return true
  } catch {
    return false
  }
}

function complaint(text: string, words: string[]): string {
  const isSpoken = words.length > 1 && !words.some(isGrammar)
  const whole = isSpoken ? suggestion(text) : undefined
  if (whole !== undefined) return unknown(text, whole)
  const stranger = words.find((word, place) => {
    const isOther = isGrammar(word) || REFERENCE.test(word)
    return !isOther && !/^with$/i.test(words[place - 1] ?? '') && !isExpression(spell(word))
  })
  if (stranger !== undefined) return unknown(stranger, suggestion(stranger))
  if (words.some((word) => /^with$/i.test(word))) {
    return 'After WITH comes an SPDX exception, as in “GPL-2.0-only WITH Classpath-exception-2.0”.'
  }
  return 'This is not an SPDX expression. Join identifiers with AND or OR, as in “MIT OR Apache-2.0”.'
}

const isGrammar = (word: string) => /^[()]$/.test(word) || CONJUNCTION.test(word)

function unknown(word: string, meant: string | undefined): string {
  const said = `“${word.slice(0, 80)}” is not an SPDX licence identifier.`
  return meant === undefined
    ? `${said} For a licence of your own write LicenseRef-<name>.`
    : `${said} Did you mean “${meant}”?`
}

const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The identifier nearest to what was written; undefined when none is near. */
function suggestion(text: string): string | undefined {
  const written = bare(text)
  if (written === '' || written.length > 60) return undefined
  const spoken = colloquial[written]
  if (spoken !== undefined) return spoken
  // A word of three letters is near to too many.
  if (written.length < 4) return [...identifiers].find((id) => letters(bare(id)) === letters(written))
  let nearest: { id: string; steps: number } | undefined
  for (const id of identifiers) {
    const steps = editDistance(written, bare(id))
    if (steps < (nearest?.steps ?? 3)) nearest = { id, steps }
  }
  return nearest?.id
}

const letters = (word: string) => [...word].sort().join('')

/** Levenshtein's distance; 3 for anything beyond 2. */
function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3
  let row = Array.from({ length: other.length + 1 }, (_, place) => place)
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1]
    for (const [place, counterpart] of [...other].entries()) {
      const replaced = (row[place] ?? 0) + Number(letter !== counterpart)
      next.push(Math.min(replaced, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1))
    }
    row = next
  }
  return Math.min(3, row[other.length] ?? 0)
}
