import { AppError, type FieldFault, toAppError } from '@/server/errors'
import { mergeExpectations } from '@/server/mirror/expectation'
import { integrityFromSha256, parseIntegrity } from '@/server/mirror/integrity'
import { parseUri } from '@/server/mirror/uri'

/** One URL as a person gave it. */
export interface GivenLine {
  uri: string
  sha256?: string | undefined
  integrity?: string | undefined
}

/** One URL that passed the grammar. */
export interface Line {
  uri: string
  host: string
  declaredUri: string
  /** Subresource-integrity expression, or null when nothing is expected. */
  expected: string | null
  /** Path of the line in the request: `files.3.` in a list, nothing for one. */
  path: string
}

/** Checks all lines; what is wrong is added to the faults, so that one answer mends them all. */
export function readLines(
  given: readonly GivenLine[],
  path: (index: number) => string,
  faults: FieldFault[],
): Line[] {
  return given.flatMap((line, index) => readLine(line, path(index), faults) ?? [])
}

/** @throws AppError `invalid` when there are faults. */
export function refuseFaults(faults: FieldFault[]): void {
  const [first] = faults
  if (first === undefined) return
  const message = faults.length === 1 ? first.message : `${faults.length} fields are not valid.`
  throw new AppError('invalid', message, { fields: faults })
}

function readLine(given: GivenLine, path: string, faults: FieldFault[]): Line | undefined {
  const attempt = <Value>(field: string, read: () => Value): Value | undefined => {
    try {
      return read()
    } catch (error) {
      faults.push({ path: `${path}${field}`, message: toAppError(error).message })
      return undefined
    }
  }
  const uri = attempt('uri', () => parseUri(given.uri))
  const { sha256 = '', integrity = '' } = given
  const ofHex = attempt('sha256', () => (sha256.trim() === '' ? null : integrityFromSha256(sha256.trim())))
  const expected = attempt('integrity', () =>
    bothOf(ofHex ?? null, integrity.trim() === '' ? null : parseIntegrity(integrity).text),
  )
  if (!uri || ofHex === undefined || expected === undefined) return undefined
  return { uri: uri.uri, host: uri.host, declaredUri: given.uri, expected, path }
}

function bothOf(sha256: string | null, integrity: string | null): string | null {
  const both = mergeExpectations(sha256, integrity)
  if (both !== undefined) return both
  throw new AppError('invalid', 'The SHA-256 and the integrity expression contradict each other.')
}

/**
 * Each URL once, in the order given, with all that its lines expect. Lines of one URL that contradict one another are
 * added to the faults.
 */
export function distinctLines(lines: readonly Line[], faults: FieldFault[]): Line[] {
  const distinct = new Map<string, Line>()
  for (const line of lines) {
    const earlier = distinct.get(line.uri)
    const expected = earlier ? mergeExpectations(earlier.expected, line.expected) : line.expected
    if (expected === undefined) {
      faults.push({ path: `${line.path}uri`, message: 'This URL is given twice, with hashes that differ.' })
    } else distinct.set(line.uri, { ...(earlier ?? line), expected })
  }
  return [...distinct.values()]
}
