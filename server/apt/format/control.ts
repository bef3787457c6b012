import { FormatError } from '@/server/apt/format/format-error'

/**
 * A field's name and value. The value has no white space around it; its further lines, if any, stand as they were, each
 * with the white space it begins with.
 */
export type Field = readonly [name: string, value: string]

export interface ControlLimits {
  /** Characters of one field. */
  fieldLength: number
  /** Fields of one paragraph. */
  fields: number
}

const LIMITS: ControlLimits = { fieldLength: 1024 * 1024, fields: 1000 }
const MAX_NAME = 200
/** deb822(5): printable ASCII without the colon, not beginning with `#` or `-`. */
const NAME = /^(?![#-])[!-9;-~]+$/

/** One paragraph of deb822(5): fields in order, no name twice. */
export class Control {
  readonly fields: readonly Field[]
  private readonly values = new Map<string, string>()

  /** @throws FormatError when a name is there twice. */
  constructor(fields: readonly Field[]) {
    this.fields = fields
    for (const [name, value] of fields) {
      const key = name.toLowerCase()
      if (this.values.has(key)) throw new FormatError(`The field “${name}” is there twice.`)
      this.values.set(key, value)
    }
  }

  /** The value of a field, whatever the case of its name; undefined where there is none. */
  get(name: string): string | undefined {
    return this.values.get(name.toLowerCase())
  }

  /**
   * The value of a field that must be there.
   * @throws FormatError when it is absent or empty.
   */
  need(name: string): string {
    const value = this.get(name)
    if (!value) throw new FormatError(`The field “${name}” is missing.`)
    return value
  }

  /** The same with other values of these fields, where there are such; fields that are new come last. */
  with(values: Readonly<Record<string, string | undefined>>): Control {
    const changed = Object.entries(values).filter(
      (field): field is [string, string] => field[1] !== undefined,
    )
    const names = new Set(changed.map(([name]) => name.toLowerCase()))
    return new Control([...this.fields.filter(([name]) => !names.has(name.toLowerCase())), ...changed])
  }

  /**
   * The value of a field that may have one line only.
   * @throws FormatError when it goes on for more.
   */
  line(name: string): string | undefined {
    const value = this.get(name)
    if (value?.includes('\n')) throw new FormatError(`The field “${name}” must be one line.`)
    return value
  }
}

/**
 * Reads the paragraphs of a control file (deb822(5)) one at a time, so that a large index need not be held parsed. Lines that begin
 * with `#` are comments.
 * @param text lines end in `\n`; the last may lack it.
 * @param before lines that stand before the text in its file, for messages.
 * @throws FormatError naming the line, also for carriage returns, NUL, fields that are there twice and what exceeds a limit.
 */
export function* paragraphsOf(
  text: string,
  limits?: Partial<ControlLimits>,
  before = 0,
): Generator<Control, void> {
  refuseControlCharacters(text, before)
  const reader = new Reader(text, { ...LIMITS, ...limits }, before)
  for (let fields = reader.paragraph(); fields; fields = reader.paragraph()) yield new Control(fields)
}

/**
 * Reads a control file of exactly one paragraph, as in a binary package, a .dsc or a .changes.
 * @throws FormatError as `paragraphsOf`, and where there are none or several.
 */
export function parseParagraph(text: string, limits?: Partial<ControlLimits>): Control {
  const paragraphs = paragraphsOf(text, limits)
  const first = paragraphs.next()
  if (first.done) throw new FormatError('The control file is empty.')
  if (!paragraphs.next().done)
    throw new FormatError('The control file has several paragraphs, and only one is allowed.')
  return first.value
}

/**
 * Writes a paragraph, without a blank line after it. Fields without a value are left out.
 * @throws FormatError when a value would end its field or the paragraph: lines after the first begin with white space and are
 * not blank.
 */
export function formatControl(fields: Iterable<readonly [name: string, value: string | undefined]>): string {
  let text = ''
  for (const [name, value] of fields) {
    if (value === undefined) continue
    if (!NAME.test(name)) throw new FormatError(`“${shown(name)}” cannot be the name of a field.`)
    if (BREAKS_OUT.test(value)) throw new FormatError(`The value of “${name}” cannot be written as a field.`)
    text += value === '' || value.startsWith('\n') ? `${name}:${value}\n` : `${name}: ${value}\n`
  }
  return text
}

/** A line end that no continuation follows, and what no control file may hold. */
const BREAKS_OUT = /\n(?![ \t]+[^ \t\n])|[\r\0]/

class Reader {
  private at = 0
  /** Of the line read last, from 1. */
  private line: number
  private readonly text: string
  private readonly limits: ControlLimits
  /** Of the field that may still go on; empty where there is none. */
  private name = ''
  private start = 0
  private end = 0

  constructor(text: string, limits: ControlLimits, before: number) {
    this.line = before
    this.text = text
    this.limits = limits
  }

  /** The fields of the next paragraph; undefined at the end. */
  paragraph(): Field[] | undefined {
    const fields: Field[] = []
    while (this.at < this.text.length) {
      const from = this.at
      const newline = this.text.indexOf('\n', from)
      const to = newline === -1 ? this.text.length : newline
      this.at = to + 1
      this.line += 1
      if (from === to) {
        if (this.name === '') continue
        break
      }
      this.take(from, to, fields)
    }
    this.close(fields)
    return fields.length === 0 ? undefined : fields
  }

  private take(from: number, to: number, fields: Field[]): void {
    if (this.text.charCodeAt(from) === HASH) {
      // A value is one piece of the text, so a comment within it could not be left out.
      if (this.name !== '' && isBlank(this.text, to + 1))
        throw new FormatError(`Line ${this.line} is a comment in the middle of a field.`, this.line)
      return
    }
    if (isBlank(this.text, from)) {
      this.goOn(from, to)
      return
    }
    this.close(fields)
    if (fields.length >= this.limits.fields)
      throw new FormatError(`A paragraph may have ${this.limits.fields} fields.`, this.line)
    const colon = this.text.indexOf(':', from)
    const name = colon === -1 || colon > to ? '' : this.text.slice(from, Math.min(colon, from + MAX_NAME + 1))
    if (name.length > MAX_NAME || !NAME.test(name))
      throw new FormatError(
        `Line ${this.line} is neither a field nor the continuation of one: “${shown(this.text.slice(from, to))}”.`,
        this.line,
      )
    this.name = name
    this.start = colon + 1
    this.end = to
  }

  private goOn(from: number, to: number): void {
    if (this.name === '')
      throw new FormatError(`Line ${this.line} continues a field, and none is open.`, this.line)
    let at = from
    while (at < to && isBlank(this.text, at)) at += 1
    if (at === to)
      throw new FormatError(
        `Line ${this.line} is blank in the middle of “${this.name}”; a full stop stands for an empty line.`,
        this.line,
      )
    this.end = to
  }

  private close(fields: Field[]): void {
    if (this.name === '') return
    if (this.end - this.start > this.limits.fieldLength)
      throw new FormatError(
        `The field “${this.name}” is longer than ${this.limits.fieldLength} characters.`,
        this.line,
      )
    fields.push([this.name, trimmed(this.text, this.start, this.end)])
    this.name = ''
  }
}

const HASH = 35
const SPACE = 32
const TAB = 9
const NEWLINE = 10

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === SPACE || code === TAB
}

/** White space before the first line and after the last is no part of a value; a line end before the first is. */
function trimmed(text: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from < to && isBlank(text, from)) from += 1
  while (to > from && (isBlank(text, to - 1) || text.charCodeAt(to - 1) === NEWLINE)) to -= 1
  return text.slice(from, to)
}

function refuseControlCharacters(text: string, before: number): void {
  const at = text.search(/[\0\r]/)
  if (at === -1) return
  const line = before + text.slice(0, at).split('\n').length
  const what = text[at] === '\r' ? 'a carriage return; lines end in a line feed alone' : 'a NUL character'
  throw new FormatError(`Line ${line} has ${what}.`, line)
}

/** A piece of what was sent, short and without what could spoil a message. */
function shown(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return short.replace(/\p{Cc}/gu, '�')
}

/**
 * The text of a control file, which policy 5.1 wants in UTF-8.
 * @param options.what names it in the message: `The control file`.
 * @param options.fallback reads what is no UTF-8 as Latin-1, as old packages were written.
 * @throws FormatError when it is no UTF-8 and there is no fallback.
 */
export function decodeText(bytes: Uint8Array, options: { what?: string; fallback?: 'latin1' } = {}): string {
  try {
    return STRICT.decode(bytes)
  } catch {
    if (options.fallback === 'latin1') return Buffer.from(bytes).toString('latin1')
    throw new FormatError(`${options.what ?? 'The control file'} is not valid UTF-8.`)
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
