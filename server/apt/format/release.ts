import { type Control, formatControl, parseParagraph } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import { words } from '@/server/apt/format/words'

export interface ReleaseFile {
  /** From the directory of Release: `main/binary-amd64/Packages.gz`. */
  path: string
  /** In bytes. */
  size: number
  sha256: string
}

export interface ReleaseInput {
  origin: string
  label: string
  suite: string
  codename: string
  version?: string | undefined
  date: Date
  validUntil?: Date | null | undefined
  architectures: readonly string[]
  components: readonly string[]
  description?: string | undefined
  notAutomatic?: boolean
  butAutomaticUpgrades?: boolean
  acquireByHash?: boolean
  /** A URL with `@SNAPSHOTID@` in it, for `apt --snapshot`. */
  snapshots?: string | undefined
  /** `Packages`: binary-all is not part of the other architectures' Packages. */
  noSupportForArchitectureAll?: string | undefined
  files: readonly ReleaseFile[]
}

/**
 * A Release file (wiki.debian.org/DebianRepository/Format, “Release files”), with SHA-256 as the only hash.
 * @throws FormatError when a value cannot be written.
 */
export function formatRelease(release: ReleaseInput): string {
  const width = release.files.reduce((widest, { size }) => Math.max(widest, String(size).length), 0)
  const lines = release.files.map(
    ({ path, size, sha256 }) => `\n ${sha256} ${String(size).padStart(width)} ${path}`,
  )
  return formatControl([
    ['Origin', release.origin],
    ['Label', release.label],
    ['Suite', release.suite],
    ['Version', release.version],
    ['Codename', release.codename],
    ['Date', formatDate(release.date)],
    ['Valid-Until', release.validUntil ? formatDate(release.validUntil) : undefined],
    ['NotAutomatic', yes(release.notAutomatic)],
    ['ButAutomaticUpgrades', yes(release.butAutomaticUpgrades)],
    ['Acquire-By-Hash', yes(release.acquireByHash)],
    ['Snapshots', release.snapshots],
    ['No-Support-for-Architecture-all', release.noSupportForArchitectureAll],
    ['Architectures', release.architectures.join(' ')],
    ['Components', release.components.join(' ')],
    ['Description', release.description || undefined],
    ['SHA256', lines.join('')],
  ])
}

function yes(value: boolean | undefined): string | undefined {
  return value ? 'yes' : undefined
}

/** RFC 1123 with `UTC`: what all apt versions take. */
function formatDate(date: Date): string {
  return date.toUTCString().replace('GMT', 'UTC')
}

/** A file of another repository's Release; hashes in lower-case hex, undefined where it has none. */
export interface NamedFile {
  path: string
  size: number
  md5: string | undefined
  sha1: string | undefined
  sha256: string | undefined
}

export interface Release {
  origin: string | undefined
  label: string | undefined
  suite: string | undefined
  codename: string | undefined
  version: string | undefined
  description: string | undefined
  date: Date | undefined
  validUntil: Date | undefined
  /** Empty in a flat repository. */
  architectures: string[]
  components: string[]
  acquireByHash: boolean
  files: NamedFile[]
  control: Control
}

const MAX_FILES = 200_000
const SECTIONS = [
  { field: 'MD5Sum', hash: 'md5', digits: 32 },
  { field: 'SHA1', hash: 'sha1', digits: 40 },
  { field: 'SHA256', hash: 'sha256', digits: 64 },
] as const

/**
 * Reads the Release file of any repository, its signature taken off.
 * @throws FormatError when it is none, lists a file outside its directory, or one with two sizes.
 */
export function parseRelease(text: string): Release {
  const control = parseParagraph(text, { fieldLength: 64 * 1024 * 1024 })
  const files = new Map<string, NamedFile>()
  for (const section of SECTIONS) readSection(control.get(section.field) ?? '', section, files)
  return {
    origin: control.line('Origin'),
    label: control.line('Label'),
    suite: control.line('Suite'),
    codename: control.line('Codename'),
    version: control.line('Version'),
    description: control.get('Description'),
    date: readDate(control.line('Date')),
    validUntil: readDate(control.line('Valid-Until')),
    architectures: words(control.get('Architectures')),
    components: words(control.get('Components')),
    acquireByHash: control.get('Acquire-By-Hash') === 'yes',
    files: [...files.values()],
    control,
  }
}

function readSection(
  value: string,
  { field, hash, digits }: (typeof SECTIONS)[number],
  files: Map<string, NamedFile>,
): void {
  for (const line of value.split('\n')) {
    const [hex, sizeText = '', written = '', ...rest] = words(line)
    const path = written.replace(/^\.\//, '')
    if (hex === undefined) continue
    const isHex = hex.length === digits && /^[0-9a-f]+$/i.test(hex)
    if (!isHex || !/^[0-9]{1,15}$/.test(sizeText) || !isInside(path) || rest.length > 0)
      throw new FormatError(`${field} has a line that lists no file: “${line.trim().slice(0, 120)}”.`)
    const size = Number(sizeText)
    const known = files.get(path)
    if (known && known.size !== size) throw new FormatError(`Release lists “${path}” with two sizes.`)
    if (!known && files.size >= MAX_FILES) throw new FormatError(`Release may list ${MAX_FILES} files.`)
    const file = known ?? { path, size, md5: undefined, sha1: undefined, sha256: undefined }
    file[hash] = hex.toLowerCase()
    files.set(path, file)
  }
}

/** Whether a path stays below its directory. */
function isInside(path: string): boolean {
  const parts = path.split('/')
  return /^[!-~]{1,500}$/.test(path) && !parts.some((part) => part === '' || part === '..' || part === '.')
}

/** Undefined where there is none, or one that says nothing. */
function readDate(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '')
  return Number.isNaN(date.getTime()) ? undefined : date
}
