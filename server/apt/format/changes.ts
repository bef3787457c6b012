import { type Control, parseParagraph } from '@/server/apt/format/control'
import { type ListedFile, readFileList } from '@/server/apt/format/file-list'
import { FormatError } from '@/server/apt/format/format-error'
import { isArchitecture, isPackageName } from '@/server/apt/format/names'
import { parseSourceField } from '@/server/apt/format/source-field'
import { parseVersion } from '@/server/apt/format/version'
import { words } from '@/server/apt/format/words'

export interface ChangesFile extends ListedFile {
  /** `net`, or with its component `contrib/net`; `-` where the packager set none. */
  section: string
  priority: string
}

export interface Changes {
  source: string
  /** Of the upload; binary-only uploads of a source append to the source's version. */
  version: string
  sourceVersion: string
  distribution: string
  /** `source` among them when the source is in the upload. */
  architectures: string[]
  binaries: string[]
  /** As written, RFC 5322. */
  date: string
  maintainer: string
  changedBy: string | undefined
  urgency: string | undefined
  /** Numbers of bugs. */
  closes: string[]
  /** The changelog entry as written, its lines beginning with a space. */
  changes: string
  files: ChangesFile[]
  control: Control
}

/**
 * Reads a .changes file (policy 5.5), its signature taken off.
 * @throws FormatError when a field that matters is missing or wrong, or the lists of files do not agree.
 */
export function parseChanges(text: string): Changes {
  refuseSigned(text, '.changes')
  const control = parseParagraph(text)
  const version = needVersion(control)
  const sourceText = control.need('Source')
  const source = parseSourceField(sourceText, { name: sourceText, version })
  const architectures = words(control.need('Architecture'))
  const wrong = architectures.find((one) => !isArchitecture(one))
  if (wrong !== undefined) throw new FormatError(`“${wrong.slice(0, 80)}” is not an architecture.`)
  const distribution = control.need('Distribution')
  if (/\s/.test(distribution)) throw new FormatError('The field “Distribution” must name one distribution.')
  const binaries = words(control.get('Binary'))
  const unnamed = binaries.find((one) => !isPackageName(one))
  if (unnamed !== undefined)
    throw new FormatError(`“${unnamed.slice(0, 80)}” in the field “Binary” is not the name of a package.`)
  const files = readFileList(control, 5).map(({ extra: [section = '-', priority = '-'], ...file }) => ({
    ...file,
    section,
    priority,
  }))
  if (files.length === 0) throw new FormatError('The .changes file lists no files.')
  return {
    source: source.name,
    version,
    sourceVersion: source.version,
    distribution,
    architectures,
    binaries,
    date: control.line('Date') ?? '',
    maintainer: control.line('Maintainer') ?? '',
    changedBy: control.line('Changed-By'),
    urgency: control.line('Urgency'),
    closes: words(control.get('Closes')),
    changes: control.get('Changes') ?? '',
    files,
    control,
  }
}

/**
 * The field Version of a paragraph.
 * @throws FormatError when it is missing or no version.
 */
export function needVersion(control: Control): string {
  const version = control.need('Version')
  if (!parseVersion(version)) throw new FormatError(`“${version.slice(0, 80)}” is not a version.`)
  return version
}

/**
 * Refuses a text that still has its signature around it: what is signed is only known once the signature is taken off.
 * @param kind `.changes`, `.dsc`.
 */
export function refuseSigned(text: string, kind: string): void {
  if (text.trimStart().startsWith('-----BEGIN PGP'))
    throw new FormatError(`The ${kind} file is signed; its signature has to be taken off first.`)
}
