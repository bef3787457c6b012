import { createHash } from 'node:crypto'

/** A file of an upload. */
export interface PackedFile {
  /** `hello_1.0_amd64.deb` */
  file: string
  bytes: Buffer
}

export interface ChangesParts {
  source: string
  version: string
  distribution: string
  files: readonly PackedFile[]
  /** Of every file; a component other than the first stands before it: `contrib/misc`. */
  section?: string
  /** Who made it. */
  maintainer?: string
  /** What it changes, in a sentence. */
  change?: string
}

/** The .changes file that goes with an upload (policy 5.5), not signed. */
export function packChanges(parts: ChangesParts): PackedFile {
  const { source, version, distribution, files, section = 'misc', change = 'A new version.' } = parts
  const { maintainer = 'Entrepôt Tests <tests@example.org>' } = parts
  const named = files.map(({ file }) => /_([a-z0-9-]+)\.[ud]?deb$/.exec(file)?.[1] ?? 'source')
  const architectures = [...new Set(named)]
  const binaries = files.flatMap(({ file }) => /^([^_]+)_.*\.u?deb$/.exec(file)?.[1] ?? [])
  const listed = (algorithm: string, extra = '') =>
    files
      .map(({ file, bytes }) => {
        const hex = createHash(algorithm).update(bytes).digest('hex')
        return ` ${hex} ${bytes.length} ${extra}${file}\n`
      })
      .join('')
  const text = [
    `Format: 1.8\nDate: Tue, 14 Nov 2023 22:13:20 +0000\nSource: ${source}\n`,
    binaries.length === 0 ? '' : `Binary: ${binaries.join(' ')}\n`,
    `Architecture: ${architectures.join(' ')}\nVersion: ${version}\nDistribution: ${distribution}\nUrgency: medium\n`,
    `Maintainer: ${maintainer}\nChanged-By: ${maintainer}\n`,
    `Changes:\n ${source} (${version}) ${distribution}; urgency=medium\n .\n   * ${change}\n`,
    `Checksums-Sha1:\n${listed('sha1')}Checksums-Sha256:\n${listed('sha256')}`,
    `Files:\n${listed('md5', `${section} optional `)}`,
  ]
  const upstream = version.slice(version.indexOf(':') + 1)
  return {
    file: `${source}_${upstream}_${architectures[0] ?? 'source'}.changes`,
    bytes: Buffer.from(text.join('')),
  }
}
