import { needVersion, refuseSigned } from '@/server/apt/format/changes'
import { type Control, parseParagraph } from '@/server/apt/format/control'
import { type ListedFile, readFileList } from '@/server/apt/format/file-list'
import { FormatError } from '@/server/apt/format/format-error'
import { isPackageName } from '@/server/apt/format/names'
import { words } from '@/server/apt/format/words'

/** A line of Package-List; deb-src-control, dsc(5). */
export interface ListedPackage {
  name: string
  type: string
  section: string
  priority: string
}

export interface Dsc {
  source: string
  version: string
  /** `1.0`, `3.0 (quilt)` … */
  format: string
  /** Names of the binary packages that it builds. */
  binaries: string[]
  /** As written: `any`, `all`, `linux-any` … */
  architectures: string[]
  maintainer: string
  /** Empty where the file has none. */
  packageList: ListedPackage[]
  /** The tarballs and whatever else belongs to it, the .dsc itself not among them. */
  files: ListedFile[]
  control: Control
}

/**
 * Reads a source package's .dsc (dsc(5)), its signature taken off.
 * @throws FormatError when a field that matters is missing or wrong, or the lists of files do not agree.
 */
export function parseDsc(text: string): Dsc {
  refuseSigned(text, '.dsc')
  const control = parseParagraph(text)
  const source = control.need('Source')
  if (!isPackageName(source)) throw new FormatError(`“${source.slice(0, 80)}” is not the name of a package.`)
  const binaries = (control.get('Binary') ?? '').split(/[\s,]+/).filter((name) => name !== '')
  const unnamed = binaries.find((name) => !isPackageName(name))
  if (unnamed !== undefined)
    throw new FormatError(`“${unnamed.slice(0, 80)}” in the field “Binary” is not the name of a package.`)
  const files = readFileList(control, 3).map(({ extra: _, ...file }) => file)
  if (files.length === 0) throw new FormatError('The .dsc file lists no files.')
  return {
    source,
    version: needVersion(control),
    format: control.line('Format') ?? '1.0',
    binaries,
    architectures: words(control.get('Architecture')),
    maintainer: control.line('Maintainer') ?? '',
    packageList: (control.get('Package-List') ?? '').split('\n').flatMap(readListedPackage),
    files,
    control,
  }
}

function readListedPackage(line: string): ListedPackage[] {
  const [name, type, section, priority] = words(line)
  if (name === undefined) return []
  if (!isPackageName(name) || type === undefined || section === undefined || priority === undefined)
    throw new FormatError(`Package-List has a line that lists no package: “${line.trim().slice(0, 100)}”.`)
  return [{ name, type, section, priority }]
}
