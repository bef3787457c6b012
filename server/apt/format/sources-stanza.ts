import { type Field, formatControl } from '@/server/apt/format/control'
import type { Dsc } from '@/server/apt/format/dsc'
import { inOrder } from '@/server/apt/format/packages-stanza'

/** The order of apt-ftparchive. */
const ORDER = [
  ...[
    'Package',
    'Format',
    'Binary',
    'Architecture',
    'Version',
    'Priority',
    'Section',
    'Origin',
    'Maintainer',
  ],
  ...['Original-Maintainer', 'Uploaders', 'Dm-Upload-Allowed', 'Standards-Version', 'Build-Depends'],
  ...['Build-Depends-Arch', 'Build-Depends-Indep', 'Build-Conflicts', 'Build-Conflicts-Arch'],
  ...['Build-Conflicts-Indep', 'Testsuite', 'Testsuite-Triggers', 'Homepage', 'Description', 'Vcs-Browser'],
  ...['Vcs-Browse', 'Vcs-Arch', 'Vcs-Bzr', 'Vcs-Cvs', 'Vcs-Darcs', 'Vcs-Git', 'Vcs-Hg', 'Vcs-Mtn', 'Vcs-Svn'],
  ...['Directory', 'Package-List', 'Files', 'Checksums-Sha1', 'Checksums-Sha256'],
]
const PLACE = new Map(ORDER.map((name, index) => [name.toLowerCase(), index]))
/** What an index says itself. */
const NOT_OF_SOURCE = new Set([
  ...['source', 'package', 'directory', 'priority', 'section', 'files'],
  ...['checksums-md5', 'checksums-sha1', 'checksums-sha256', 'checksums-sha512'],
])

/**
 * The stanza of a source package in Sources; ends in one line end, and has no blank line.
 * @param directory of its files, from the repository's root.
 * @param files all of them, the .dsc among them.
 * @throws FormatError when a field cannot be written.
 */
export function formatSourcesStanza({
  dsc,
  directory,
  files,
  section,
  priority,
}: {
  dsc: Dsc
  directory: string
  files: readonly { name: string; size: number; md5: string; sha1: string; sha256: string }[]
  section?: string | undefined
  priority?: string | undefined
}): string {
  const list = (hash: 'md5' | 'sha1' | 'sha256') =>
    files.map((file) => `\n ${file[hash]} ${file.size} ${file.name}`).join('')
  const own = dsc.control.fields.filter(([name]) => !NOT_OF_SOURCE.has(name.toLowerCase()))
  const fields: Field[] = [
    ['Package', dsc.source],
    ...own,
    ...(priority === undefined ? [] : [['Priority', priority] as const]),
    ...(section === undefined ? [] : [['Section', section] as const]),
    ['Directory', directory],
    ['Files', list('md5')],
    ['Checksums-Sha1', list('sha1')],
    ['Checksums-Sha256', list('sha256')],
  ]
  return formatControl(inOrder(fields, PLACE))
}
