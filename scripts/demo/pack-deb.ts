import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

// Debian packages made in this process, thousands of them in a second, the same bytes for the same parts.

const BLOCK = 512

export interface DebParts {
  /** The control file. */
  control: string
  /** Contents by path, such as `usr/bin/hello`. */
  files: Record<string, string | Buffer>
  compression?: 'gz' | 'none' | undefined
}

/** A binary package (deb(5)), the same for the same parts. */
export function packDeb({ control, files, compression = 'gz' }: DebParts): Buffer {
  const sum = (content: string | Buffer) => createHash('md5').update(content).digest('hex')
  const sums = Object.entries(files).map(([path, content]) => `${sum(content)}  ${path}\n`)
  const metadata = tarArchive([
    { name: './' },
    { name: './control', content: control },
    { name: './md5sums', content: sums.join('') },
  ])
  const member = (base: string, bytes: Buffer) =>
    compression === 'none'
      ? { name: base, bytes }
      : { name: `${base}.gz`, bytes: gzipSync(bytes, { level: 1 }) }
  return arArchive([
    { name: 'debian-binary', bytes: Buffer.from('2.0\n') },
    member('control.tar', metadata),
    member('data.tar', fileTree(files)),
  ])
}

/** A tar archive of files and their directories, each before what is in it. @param root what all are below. */
export function fileTree(contents: Record<string, string | Buffer>, root = '.'): Buffer {
  const directories = new Set([''])
  for (const path of Object.keys(contents)) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      directories.add(path.slice(0, at + 1))
  }
  const isProgram = (path: string) => path === 'debian/rules' || /(^|\/)s?bin\//.test(path)
  const entries: TarEntry[] = [
    ...[...directories].map((path) => ({ name: `${root}/${path}` })),
    ...Object.entries(contents).map(([path, content]) => ({
      ...{ name: `${root}/${path}`, content, mode: isProgram(path) ? 0o755 : 0o644 },
    })),
  ]
  return tarArchive(entries)
}

/** An ar archive in the format that deb(5) describes. */
function arArchive(members: readonly { name: string; bytes: Buffer }[]): Buffer {
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

/** A file, or a directory where the name ends in a slash. */
interface TarEntry {
  /** At most 100 bytes. */
  name: string
  content?: string | Buffer
  mode?: number
}

/** An archive in ustar format, the same for the same entries. */
function tarArchive(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = []
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '')
    parts.push(headerOf(entry, content.length), content, Buffer.alloc(-content.length & (BLOCK - 1)))
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

function headerOf(entry: TarEntry, length: number): Buffer {
  const { name } = entry
  const type = name.endsWith('/') ? '5' : '0'
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, width: number) =>
    header.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1')
  if (Buffer.byteLength(name) > 100) throw new Error(`The name is too long for this writer: ${name}`)
  header.write(name, 0, 'utf8')
  octal(entry.mode ?? (type === '5' ? 0o755 : 0o644), 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(length, 124, 12)
  octal(1_700_000_000, 136, 12)
  header.write('        ', 148, 'latin1')
  header.write(type, 156, 'latin1')
  header.write('ustar\x0000root', 257, 'latin1')
  header.write('root', 297, 'latin1')
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}
