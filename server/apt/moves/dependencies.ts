import { type Control, parseParagraph } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import {
  type Alternative,
  type Candidate,
  type Provided,
  parseProvides,
  parseRelations,
  satisfies,
} from '@/server/apt/format/relation'

/** One part between commas of Depends or Pre-Depends. */
export interface Dependency {
  /** As written. */
  text: string
  alternatives: Alternative[]
}

/** A package that may satisfy dependencies, beside others of its kind. */
export interface Provider extends Candidate {
  id: bigint
  /** Packages of the installer are installed among themselves. */
  isUdeb: boolean
}

/** Who has a dependency, as far as that decides about who satisfies it. */
export type Dependant = Pick<Provider, 'architecture' | 'isUdeb'>

/** What a package must have to be installed, by its index stanza (policy 7.2). What cannot be read is left out. */
export function dependenciesOf(stanza: string): Dependency[] {
  const control = readStanza(stanza)
  if (control === undefined) return []
  const parts = ['Pre-Depends', 'Depends'].flatMap((field) => (control.get(field) ?? '').split(','))
  return parts.flatMap((part) => {
    const text = part.trim().replace(/\s+/g, ' ')
    const alternatives = text === '' ? undefined : readable(() => parseRelations(text))?.[0]
    return alternatives === undefined ? [] : [{ text, alternatives }]
  })
}

/** The names that a package provides with their versions, by its index stanza. */
export function providesOf(stanza: string): Provided[] {
  return readable(() => parseProvides(readStanza(stanza)?.get('Provides') ?? '')) ?? []
}

/**
 * Whether one of the packages satisfies the dependency for this dependant: a package of its architecture, one for all, or one
 * that says it serves others (`Multi-Arch: foreign`). What is for all itself may use any.
 */
export function isSatisfied(
  { alternatives }: Dependency,
  dependant: Dependant,
  providersOf: (name: string) => readonly Provider[],
): boolean {
  return alternatives.some((alternative) =>
    providersOf(alternative.name).some(
      (provider) => serves(provider, dependant, alternative) && satisfies(alternative, provider),
    ),
  )
}

function serves(provider: Provider, dependant: Dependant, { archQualifier }: Alternative): boolean {
  if (provider.isUdeb !== dependant.isUdeb) return false
  // A qualifier says itself which architecture it wants.
  if (archQualifier !== undefined && archQualifier !== 'native') return true
  const { architecture, multiArch } = provider
  if (dependant.architecture === 'all' || architecture === 'all' || multiArch === 'foreign') return true
  return architecture === dependant.architecture
}

function readStanza(stanza: string): Control | undefined {
  return readable(() => parseParagraph(stanza))
}

/** An index may hold what an old package says wrongly; that is no reason to plan nothing. */
function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof FormatError) return undefined
    throw error
  }
}
