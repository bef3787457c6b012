const BLOCK = 512

/** One entry of a tar archive, as told: nothing about it is checked, so that bad archives can be made, too. */
export interface TarEntry {
  /** At most 100 bytes. */
  name: string
  content?: string | Buffer
  /** `0` file, `1` hard link, `2` symbolic link, `5` directory; taken from the name unless told. */
  type?: '0' | '1' | '2' | '3' | '5'
  target?: string
  mode?: number
  /** What the header says, where that is not the length of the content. */
  size?: number
}

/** An archive in ustar format, the same for the same entries. */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = []
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '')
    parts.push(headerOf(entry, content.length), content, Buffer.alloc(-content.length & (BLOCK - 1)))
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

function headerOf(entry: TarEntry, length: number): Buffer {
  const { name, target = '', type = name.endsWith('/') ? '5' : '0' } = entry
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, width: number) =>
    header.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1')
  if (Buffer.byteLength(name) > 100) throw new Error(`The name is too long for this writer: ${name}`)
  header.write(name, 0, 'utf8')
  octal(entry.mode ?? (type === '5' ? 0o755 : 0o644), 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(entry.size ?? length, 124, 12)
  octal(1_700_000_000, 136, 12)
  header.write('        ', 148, 'latin1')
  header.write(type, 156, 'latin1')
  header.write(target, 157, 'utf8')
  header.write('ustar\x0000root', 257, 'latin1')
  header.write('root', 297, 'latin1')
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}
