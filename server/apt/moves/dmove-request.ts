import { AppError } from '@/server/errors'

/** What `POST /dmove` asks for. */
export interface DmoveRequest {
  /** Absent: the host says which. */
  repository: string | undefined
  package: string
  version: string
  from: string
  to: string
  reason: string | undefined
  /** False: rather refused than queued. */
  wait: boolean
}

interface Sent {
  /** Path and query. */
  target: string
  contentType: string | undefined
  body: string
}

/**
 * The names under which each field may be sent. There is no public definition of dist's own; these are the ones of the public
 * programs that spoke to it.
 */
const NAMES = {
  repository: ['repo', 'repository'],
  package: ['package', 'pkg', 'source'],
  version: ['version', 'ver'],
  from: ['from', 'src'],
  to: ['to', 'dst'],
  reason: ['reason', 'comment'],
  wait: ['wait'],
} as const
type FieldName = keyof typeof NAMES

/** Fields that are no names. */
const PROSE = new Set<string>(NAMES.reason)

const MAX_VALUE = 2_000
const MAX_FIELDS = 100
const FORM = 'application/x-www-form-urlencoded'

/** Whether a body of this type is read as JSON. */
export function isJsonType(contentType: string | undefined): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType?.trim() ?? '')
}

/**
 * Reads the fields of `POST /dmove` out of query and body: a form, or a JSON object of strings. A field may be sent twice, also
 * under two of its names, when both say the same.
 * @throws AppError `invalid` naming the field.
 */
export function readDmoveRequest({ target, contentType, body }: Sent): DmoveRequest {
  const mark = target.indexOf('?')
  const query = mark < 0 ? [] : fieldsOfForm(target.slice(mark + 1))
  const sent = [...query, ...fieldsOf(body, contentType)]
  if (sent.length > MAX_FIELDS) throw new AppError('invalid', 'The request has too many fields.')
  const given = (field: FieldName) => oneValue(field, sent)
  const need = (field: FieldName) => {
    const value = given(field)
    if (value !== undefined) return value
    throw invalid(field, `Give “${NAMES[field][0]}”; a move has package, version, from and to.`)
  }
  return {
    repository: given('repository'),
    ...{ package: need('package'), version: need('version'), from: need('from'), to: need('to') },
    reason: given('reason'),
    wait: isYes('wait', given('wait') ?? '1'),
  }
}

function fieldsOf(body: string, contentType: string | undefined): [string, string][] {
  if (body.trim() === '') return []
  if (isJsonType(contentType)) return fieldsOfJson(body)
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? FORM
  if (type === FORM || type === 'text/plain') return fieldsOfForm(body.trim())
  throw new AppError('invalid', `Send a form (${FORM}), JSON, or everything in the query.`)
}

/**
 * A plus sign means a space in a form. No name and no version has one, but many have plus signs, and programs of old sent them as
 * they are: there it means itself.
 */
function fieldsOfForm(text: string): [string, string][] {
  const asSent = [...new URLSearchParams(text.replaceAll('+', '%2B'))]
  return [...new URLSearchParams(text)].map(([name, value], index) => [
    name,
    PROSE.has(name) ? value : (asSent[index]?.[1] ?? value),
  ])
}

function fieldsOfJson(body: string): [string, string][] {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (error) {
    throw new AppError('invalid', 'The body is not valid JSON.', { cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid', 'The body must be a JSON object.')
  }
  return Object.entries(value).flatMap(([name, given]): [string, string][] => {
    if (given === null) return []
    if (typeof given === 'string') return [[name, given]]
    if (name === 'wait' && (typeof given === 'number' || typeof given === 'boolean')) {
      return [[name, String(Number(given))]]
    }
    // A version that came as a number has lost its zeros.
    if (Object.values(NAMES).some((names) => (names as readonly string[]).includes(name))) {
      throw invalid(name, `“${name}” must be a string.`)
    }
    return []
  })
}

/** Empty counts as not sent, as forms do it. */
function oneValue(field: FieldName, sent: readonly [string, string][]): string | undefined {
  const names: readonly string[] = NAMES[field]
  const values = sent.flatMap(([name, value]) => (names.includes(name) ? [value.trim()] : []))
  const [value, other] = [...new Set(values.filter((one) => one !== ''))]
  if (other !== undefined) throw invalid(field, `“${names[0]}” is there twice, with different values.`)
  if (value !== undefined && value.length > MAX_VALUE) throw invalid(field, `“${names[0]}” is too long.`)
  return value
}

const NO = new Set(['0', 'false', 'no'])
const YES = new Set(['1', 'true', 'yes'])

function isYes(field: FieldName, value: string): boolean {
  const said = value.toLowerCase()
  if (NO.has(said)) return false
  if (YES.has(said)) return true
  throw invalid(field, `“${field}” is 0 or 1.`)
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid', message, { fields: [{ path: field, message }] })
}
