import { createHash } from 'node:crypto'
import { type Control, type Field, formatControl } from '@/server/apt/format/control'

/** A package's file, as an index points to it. */
export interface IndexedFile {
  /** From the repository's root: `pool/main/h/hello/hello_1.0_amd64.deb`. */
  path: string
  /** In bytes. */
  size: number
  md5: string
  sha1: string
  sha256: string
}

export interface PackagesStanza {
  /** As in Packages: ends in one line end, and has no blank line. */
  stanza: string
  /** The first line of the description; empty where there is none. */
  summary: string
  /** The other lines as in the control file, each with its leading space; null where there are none. */
  longDescription: string | null
  /** Names the description in Translation files; null where the package has no description. */
  descriptionMd5: string | null
}

/**
 * The order of apt-ftparchive, which other tools follow. Fields that are not named here come after these, in the order of the
 * package.
 */
const ORDER = [
  ...[
    'Package',
    'Package-Type',
    'Architecture',
    'Subarchitecture',
    'Version',
    'Kernel-Version',
    'Built-Using',
  ],
  ...['Static-Built-Using', 'Built-For-Profiles', 'Auto-Built-Package', 'Multi-Arch', 'Priority'],
  ...['Build-Essential', 'Protected', 'Important', 'Essential', 'Installer-Menu-Item', 'Section', 'Source'],
  ...['Origin', 'Phased-Update-Percentage', 'Maintainer', 'Original-Maintainer', 'Bugs', 'Installed-Size'],
  ...['Provides', 'Pre-Depends', 'Depends', 'Recommends', 'Suggests', 'Conflicts', 'Breaks', 'Replaces'],
  ...['Enhances', 'Filename', 'Size', 'MD5sum', 'SHA1', 'SHA256', 'Homepage', 'Description'],
  ...['Description-md5', 'Tag', 'Task'],
]
const PLACE = new Map(ORDER.map((name, index) => [name.toLowerCase(), index]))
/** What an index says itself, and what belongs to the state of an installed package: never taken from the package. */
const NOT_OF_PACKAGE = new Set([
  ...['filename', 'size', 'md5sum', 'sha1', 'sha256', 'sha512', 'description-md5', 'msdos-filename'],
  ...['status', 'config-version', 'conffiles', 'triggers-awaited', 'triggers-pending'],
])

/**
 * The stanza of a binary package in Packages, with its description cut to the first line: the rest is in Translation-en, under
 * the MD5 of the whole.
 * @throws FormatError when a field cannot be written.
 */
export function formatPackagesStanza({
  control,
  ...file
}: IndexedFile & { control: Control }): PackagesStanza {
  const description = control.get('Description')
  const cut = description?.indexOf('\n') ?? -1
  const summary = (cut === -1 ? (description ?? '') : (description ?? '').slice(0, cut)).trimEnd()
  const descriptionMd5 = description === undefined ? null : md5Of(description)
  const own = control.fields.filter(([name]) => !NOT_OF_PACKAGE.has(name.toLowerCase()))
  const added: Field[] = [
    ['Filename', file.path],
    ['Size', String(file.size)],
    ['MD5sum', file.md5],
    ['SHA1', file.sha1],
    ['SHA256', file.sha256],
    ...(descriptionMd5 === null ? [] : [['Description-md5', descriptionMd5] as const]),
  ]
  const fields = [...own, ...added].map(
    ([name, value]): Field => (name.toLowerCase() === 'description' ? [name, summary] : [name, value]),
  )
  return {
    stanza: formatControl(inOrder(fields, PLACE)),
    summary,
    longDescription: cut === -1 ? null : (description ?? '').slice(cut + 1),
    descriptionMd5,
  }
}

/** Over the whole field and a line end, as apt reckons it. */
function md5Of(description: string): string {
  return createHash('md5').update(description).update('\n').digest('hex')
}

/**
 * Sorts fields by where an order has them, the others after them as they stood.
 * @param place of lower-case names.
 */
export function inOrder(fields: readonly Field[], place: ReadonlyMap<string, number>): Field[] {
  const of = ([name]: Field) => place.get(name.toLowerCase()) ?? place.size
  return [...fields].sort((a, b) => of(a) - of(b))
}
