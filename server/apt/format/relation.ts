import { FormatError } from '@/server/apt/format/format-error'
import { isPackageName } from '@/server/apt/format/names'
import { compareVersions, parseVersion } from '@/server/apt/format/version'
import { words } from '@/server/apt/format/words'

export type Operator = '<<' | '<=' | '=' | '>=' | '>>'

/** One package that would do; policy 7.1. */
export interface Alternative {
  name: string
  /** `any`, `native` or an architecture, after a colon. */
  archQualifier?: string
  operator?: Operator
  version?: string
  /** Of build relations: `amd64`, `!hurd-any`. */
  architectures?: string[]
  /** Of build relations: every list is one `<…>`. */
  profiles?: string[][]
}

/** What one name of Provides stands for; policy 7.5. */
export interface Provided {
  name: string
  version?: string
}

/** A package that may satisfy a relation. */
export interface Candidate {
  name: string
  version: string
  architecture: string
  /** The field Multi-Arch. */
  multiArch?: string | undefined
  provides?: readonly Provided[]
}

const MAX_ALTERNATIVES = 20_000
/** Of a text whose white space is single spaces, so that no two parts of this can share a long run of it. */
const ONE =
  /^([a-z0-9][a-z0-9+.-]+)(?::([a-z0-9][a-z0-9-]*))? ?(?:\( ?(<<|<=|<|=|>=|>>|>) ?([^\s()]+) ?\))? ?(?:\[([^\][]*)\])?((?: ?<[^<>]*>)*)$/
/** Of old packages; policy 7.1 says that they mean the same as these. */
const OLD: Record<string, Operator> = { '<': '<=', '>': '>=' }

/**
 * Reads a field such as Depends (policy 7.1): groups that must all be satisfied, each of alternatives of which one is enough.
 * @param text the value; empty for no groups.
 * @throws FormatError naming the part that is no relation.
 */
export function parseRelations(text: string): Alternative[][] {
  const groups = text.split(',').flatMap((group) => (group.trim() === '' ? [] : [group.split('|')]))
  const count = groups.reduce((sum, group) => sum + group.length, 0)
  if (count > MAX_ALTERNATIVES)
    throw new FormatError(`A relation may name ${MAX_ALTERNATIVES} packages; this names ${count}.`)
  return groups.map((group) => group.map((one) => parseAlternative(one.trim().replace(/\s+/g, ' '))))
}

function parseAlternative(text: string): Alternative {
  const match = text.length > 2000 ? null : ONE.exec(text)
  const [, name = '', archQualifier, sign, version, architectures, profiles] = match ?? []
  if (!isPackageName(name) || (version !== undefined && !parseVersion(version))) {
    throw new FormatError(`“${text.slice(0, 80)}” is not a relation to a package.`)
  }
  return {
    name,
    ...(archQualifier !== undefined && { archQualifier }),
    ...(sign !== undefined && { operator: OLD[sign] ?? (sign as Operator) }),
    ...(version !== undefined && { version }),
    ...(architectures !== undefined && { architectures: words(architectures) }),
    ...(profiles && { profiles: [...profiles.matchAll(/<([^<>]*)>/g)].map(([, list]) => words(list)) }),
  }
}

/**
 * Reads the field Provides.
 * @throws FormatError where it names alternatives or a version by another sign than `=`.
 */
export function parseProvides(text: string): Provided[] {
  return parseRelations(text).map((group) => {
    const [one] = group
    if (!one || group.length > 1) throw new FormatError('Provides cannot name alternatives.')
    if (one.operator !== undefined && one.operator !== '=')
      throw new FormatError(`Provides names “${one.name}” with “${one.operator}”; only “=” is allowed.`)
    return { name: one.name, ...(one.version !== undefined && { version: one.version }) }
  })
}

/**
 * Whether a package satisfies an alternative, by itself or by what it provides (policy 7.5: a name provided without a version
 * satisfies no relation with one).
 */
export function satisfies(alternative: Alternative, candidate: Candidate): boolean {
  const { name, archQualifier } = alternative
  if (archQualifier !== undefined && archQualifier !== 'native' && !isOf(archQualifier, candidate))
    return false
  if (name === candidate.name && isWithin(alternative, candidate.version)) return true
  return (candidate.provides ?? []).some(
    (provided) => provided.name === name && isWithin(alternative, provided.version),
  )
}

/** `any` is satisfied by packages that allow it (multiarch specification, “Dependencies on foreign packages”). */
function isOf(archQualifier: string, candidate: Candidate): boolean {
  if (archQualifier === 'any') return candidate.multiArch === 'allowed'
  return candidate.architecture === archQualifier
}

function isWithin({ operator, version }: Alternative, offered: string | undefined): boolean {
  if (operator === undefined || version === undefined) return true
  if (offered === undefined) return false
  const order = compareVersions(offered, version)
  switch (operator) {
    case '<<':
      return order < 0
    case '<=':
      return order <= 0
    case '=':
      return order === 0
    case '>=':
      return order >= 0
    case '>>':
      return order > 0
  }
}
