import { createHash } from 'node:crypto'
/** A file of an upload. */
export interface PackedFile {
  file: string
  bytes: Buffer
}

export interface ChangesParts {
  source: string
  version: string
  distribution: string
  files: readonly PackedFile[]
  /** Of every file; a component other than the first is written before it: `contrib/misc`. */
  section?: string
}

/** The .changes file that goes with an upload (policy 5.5), not signed. */
export function packChanges({
  source,
  version,
  distribution,
  files,
  section = 'misc',
}: ChangesParts): PackedFile {
  const named = files.map(({ file }) => /_([a-z0-9-]+)\.(?:u|d)?deb$/.exec(file)?.[1] ?? 'source')
  const architectures = [...new Set(named)].join(' ')
  const binaries = files.flatMap(({ file }) =>
    /\.u?deb$/.test(file) ? [file.slice(0, file.indexOf('_'))] : [],
  )
  const hash = (algorithm: string, { bytes }: PackedFile) => createHash(algorithm).update(bytes).digest('hex')
  const listed = (algorithm: string, extra = '') =>
    files.map((one) => ` ${hash(algorithm, one)} ${one.bytes.length} ${extra}${one.file}\n`).join('')
  const text = [
    'Format: 1.8\nDate: Tue, 14 Nov 2023 22:13:20 +0000\n',
    `Source: ${source}\n`,
    binaries.length === 0 ? '' : `Binary: ${binaries.join(' ')}\n`,
    `Architecture: ${architectures}\nVersion: ${version}\nDistribution: ${distribution}\nUrgency: medium\n`,
    'Maintainer: Entrepôt Tests <tests@example.org>\nChanged-By: Entrepôt Tests <tests@example.org>\n',
    `Changes:\n ${source} (${version}) ${distribution}; urgency=medium\n .\n   * For tests.\n`,
    `Checksums-Sha1:\n${listed('sha1')}Checksums-Sha256:\n${listed('sha256')}`,
    `Files:\n${listed('md5', `${section} optional `)}`,
  ].join('')
  const upstream = version.slice(version.indexOf(':') + 1)
  return {
    file: `${source}_${upstream}_${architectures.split(' ')[0]}.changes`,
    bytes: Buffer.from(text),
  }
}
