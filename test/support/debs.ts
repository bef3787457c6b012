import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { fileTree, packDeb } from '@/scripts/demo/pack-deb'

// Debian packages made in this process, so that a test can have thousands of them: valid ones (deb(5), dsc(5)), the
// same bytes for the same input. What dpkg-deb makes is for those tests that are about other compressions.

export interface DebInput {
  name: string
  /** `1.0` unless told. */
  version?: string
  /** `amd64` unless told. */
  architecture?: string
  /** The field as it stands: `hello` or `hello (1.0)`. */
  source?: string
  section?: string
  depends?: string
  provides?: string
  /** The summary; further lines after a newline, without their leading space. */
  description?: string
  /** More fields of the control file, in their order. */
  fields?: Record<string, string>
  /** Contents by path, such as `usr/bin/hello`. */
  files?: Record<string, string | Buffer>
  /** The extension, and with it what the package is for. */
  type?: 'deb' | 'udeb' | 'ddeb'
  compression?: 'gz' | 'none'
}

/** A file that can be uploaded or written to a pool. */
export interface BuiltFile {
  /** `hello_1.0_amd64.deb` */
  file: string
  bytes: Buffer
}

export interface BuiltDeb extends BuiltFile {
  control: string
}

const MAINTAINER = 'Entrepôt Tests <tests@example.org>'

/** A binary package of format 2.0. */
export function buildDeb(input: DebInput): BuiltDeb {
  const { name, version = '1.0', architecture = 'amd64', files = {}, type = 'deb' } = input
  const contents = { [`usr/share/doc/${name}/copyright`]: `Of ${name}, for tests.\n`, ...files }
  const control = controlOf(input, { version, architecture, kib: kibibytesOf(contents) })
  const bytes = packDeb({ control, files: contents, compression: input.compression })
  return { file: `${name}_${withoutEpoch(version)}_${architecture}.${type}`, bytes, control }
}

/** An ar archive in the format that deb(5) describes; nothing about its members is checked. */
export function arArchive(members: readonly { name: string; bytes: Buffer }[]): Buffer {
  const parts: Buffer[] = [Buffer.from('!<arch>\n')]
  for (const { name, bytes } of members) {
    const fields = [
      name.padEnd(16),
      '1700000000  ',
      '0     ',
      '0     ',
      '100644  ',
      `${bytes.length}`.padEnd(10),
    ]
    parts.push(Buffer.from(`${fields.join('')}\`\n`), bytes)
    if (bytes.length % 2 === 1) parts.push(Buffer.from('\n'))
  }
  return Buffer.concat(parts)
}

export interface SourceInput {
  name: string
  /** `1.0` unless told; with a revision it has an upstream tarball and a debian tarball, without it is native. */
  version?: string
  /** Names of the binary packages it makes; its own unless told. */
  binaries?: string[]
  /** Of the binary packages: `any` unless told. */
  architecture?: string
  section?: string
  buildDepends?: string
  /** Contents by path below the source's directory. */
  files?: Record<string, string | Buffer>
}

export interface BuiltSource {
  dsc: BuiltFile
  tarballs: BuiltFile[]
}

/** A source package of format 3.0, not signed, that dpkg-source unpacks. */
export function buildSource(input: SourceInput): BuiltSource {
  const { name, version = '1.0', binaries = [name], architecture = 'any', files = {} } = input
  const upstream = withoutEpoch(version)
  const revision = upstream.lastIndexOf('-')
  const isNative = revision < 0
  const debian: Record<string, string> = {
    'debian/changelog': changelogOf(name, version),
    'debian/control': [
      `Source: ${name}\nMaintainer: ${MAINTAINER}\nSection: ${input.section ?? 'misc'}\nPriority: optional\n`,
      ...binaries.map(
        (binary) => `\nPackage: ${binary}\nArchitecture: ${architecture}\nDescription: made for tests\n`,
      ),
    ].join(''),
    'debian/rules': '#!/usr/bin/make -f\n%:\n\tdh $@\n',
    'debian/source/format': `3.0 (${isNative ? 'native' : 'quilt'})\n`,
  }
  const packed = (file: string, root: string, contents: Record<string, string | Buffer>): BuiltFile => ({
    file,
    bytes: gzipSync(fileTree(contents, root), { level: 1 }),
  })
  const main = { README: `${name} ${upstream}\n`, ...files }
  const directory = isNative ? `${name}-${upstream}` : `${name}-${upstream.slice(0, revision)}`
  const tarballs = isNative
    ? [packed(`${name}_${upstream}.tar.gz`, directory, { ...main, ...debian })]
    : [
        packed(`${name}_${upstream.slice(0, revision)}.orig.tar.gz`, directory, main),
        packed(`${name}_${upstream}.debian.tar.gz`, '.', debian),
      ]
  const listed = (algorithm: string) =>
    tarballs.map(({ file, bytes }) => ` ${hashOf(algorithm, bytes)} ${bytes.length} ${file}\n`).join('')
  const stanza = [
    `Format: 3.0 (${isNative ? 'native' : 'quilt'})\nSource: ${name}\nBinary: ${binaries.join(', ')}\n`,
    `Architecture: ${architecture}\nVersion: ${version}\nMaintainer: ${MAINTAINER}\nStandards-Version: 4.6.2\n`,
    input.buildDepends === undefined ? '' : `Build-Depends: ${input.buildDepends}\n`,
    'Package-List:\n',
    ...binaries.map((binary) => ` ${binary} deb ${input.section ?? 'misc'} optional arch=${architecture}\n`),
    `Checksums-Sha1:\n${listed('sha1')}Checksums-Sha256:\n${listed('sha256')}Files:\n${listed('md5')}`,
  ].join('')
  return { dsc: { file: `${name}_${upstream}.dsc`, bytes: Buffer.from(stanza) }, tarballs }
}

function controlOf(
  input: DebInput,
  { version, architecture, kib }: { version: string; architecture: string; kib: number },
): string {
  const {
    name,
    source,
    section = 'misc',
    depends,
    provides,
    description = `${input.name}, made for tests`,
  } = input
  const [summary = '', ...more] = description.split('\n')
  const fields: [string, string | undefined][] = [
    ['Package', name],
    ['Source', source],
    ['Version', version],
    ['Architecture', architecture],
    ['Maintainer', MAINTAINER],
    ['Installed-Size', String(kib)],
    ['Depends', depends],
    ['Provides', provides],
    ['Section', section],
    ['Priority', 'optional'],
    ...Object.entries(input.fields ?? {}),
    ['Description', [summary, ...more.map((line) => (line === '' ? ' .' : ` ${line}`))].join('\n')],
  ]
  const told = fields.filter(([, value]) => value !== undefined)
  return told.map(([field, value]) => `${field}: ${value}\n`).join('')
}

function changelogOf(name: string, version: string): string {
  const date = 'Tue, 14 Nov 2023 22:13:20 +0000'
  return `${name} (${version}) unstable; urgency=medium\n\n  * For tests.\n\n -- ${MAINTAINER}  ${date}\n`
}

const withoutEpoch = (version: string) => version.slice(version.indexOf(':') + 1)

const hashOf = (algorithm: string, bytes: string | Buffer) =>
  createHash(algorithm).update(bytes).digest('hex')

const kibibytesOf = (contents: Record<string, string | Buffer>) =>
  Object.values(contents).reduce((sum, content) => sum + Math.ceil(Buffer.byteLength(content) / 1024), 0)
