import { gzipSync } from 'node:zlib'

export interface Member {
  name: string
  content: Buffer
  /** What its header says instead of the truth. */
  size?: number
}

/** An ar archive. */
export function ar(members: Member[]): Buffer {
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    ...members.flatMap(({ name, content, size }) => [
      Buffer.from(
        `${name.padEnd(16)}0           0     0     100644  ${String(size ?? content.length).padEnd(10)}\`\n`,
      ),
      content,
      Buffer.from(content.length % 2 === 1 ? '\n' : ''),
    ]),
  ])
}

export interface Entry {
  path: string | Buffer
  content?: Buffer | string
  /** The flag of ustar: `0` a file, `1` a hard link, `2` a symbolic one, `5` a directory. */
  type?: string
  link?: string
  /** What its header says instead of the truth: a number, or the field itself. */
  size?: number | Buffer
}

/** A tar archive, with its end. */
export function tar(entries: Entry[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)])
}

export function tarEntry({ path, content = '', type = '0', link = '', size }: Entry): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(512)
  Buffer.from(path).copy(header, 0, 0, 100)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  if (Buffer.isBuffer(size)) size.copy(header, 124)
  else header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(link, 157)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}

/** A record of a pax header: its length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  if (rest + String(length).length !== length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

export const CONTROL = `Package: hello
Version: 1.0-1
Architecture: amd64
Maintainer: Ann Example <ann@example.org>
Description: greet
 At length.
`

/** A binary package of what is given, and else of what one has. */
export function deb({
  control = tar([
    { path: './', type: '5' },
    { path: './control', content: CONTROL },
  ]),
  data = tar([{ path: './usr/bin/hello', content: 'hi' }]),
  members,
}: {
  control?: Buffer
  data?: Buffer
  members?: (all: Member[]) => Member[]
} = {}): Buffer {
  const all = [
    { name: 'debian-binary', content: Buffer.from('2.0\n') },
    { name: 'control.tar.gz', content: gzipSync(control) },
    { name: 'data.tar.gz', content: gzipSync(data) },
  ]
  return ar(members ? members(all) : all)
}
