import { FormatError } from '@/server/apt/format/format-error'
import { parsePax, readNumber, readText } from '@/server/apt/read/tar-fields'

export interface TarEntry {
  /** As in the archive. */
  path: string
  type: 'file' | 'directory' | 'symlink' | 'link' | 'other'
  /** Of its content, in bytes. */
  size: number
}

/** Takes an entry's content, chunk by chunk; the bytes are the reader's own memory. */
export type TarSink = (chunk: Uint8Array) => void

export interface TarLimits {
  entries: number
  /** Bytes of a path. */
  pathLength: number
}

const BLOCK = 512
/** Bytes of one extended header: longer paths than the limits allow are refused when they are known. */
const MAX_EXTENDED = 64 * 1024
/** Extended headers that one entry may have before it. */
const MAX_EXTENSIONS = 16
const TYPES: Record<string, TarEntry['type']> = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'other',
  '4': 'other',
  '5': 'directory',
  '6': 'other',
  '7': 'file',
}

/**
 * Reads a tar archive (POSIX ustar, with GNU long names and pax paths) as it comes, in bounded memory. What follows the archive's end is
 * ignored, as tar does.
 */
export class TarReader {
  private readonly take: (entry: TarEntry) => TarSink | undefined
  private readonly limits: TarLimits
  private readonly block = Buffer.alloc(BLOCK)
  /** Bytes of `block` that are filled. */
  private filled = 0
  /** Bytes of the content that has begun, and of the padding after it. */
  private content = 0
  private padding = 0
  private sink: TarSink | undefined
  private entries = 0
  private ended = false
  /** What extended headers say of the next entry. */
  private next: { path?: string; size?: number; extensions: number } = { extensions: 0 }

  /**
   * @param take is told every entry, and returns what wants its content.
   */
  constructor(take: (entry: TarEntry) => TarSink | undefined, limits: TarLimits) {
    this.take = take
    this.limits = limits
  }

  /** @throws FormatError when it is no tar, or exceeds a limit; and what `take` throws. */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length && !this.ended) {
      if (this.content > 0) {
        const length = Math.min(this.content, chunk.length - at)
        this.sink?.(chunk.subarray(at, at + length))
        this.content -= length
        at += length
      } else if (this.padding > 0) {
        const length = Math.min(this.padding, chunk.length - at)
        this.padding -= length
        at += length
      } else {
        const length = Math.min(BLOCK - this.filled, chunk.length - at)
        this.block.set(chunk.subarray(at, at + length), this.filled)
        this.filled += length
        at += length
        if (this.filled < BLOCK) return
        this.filled = 0
        this.header()
      }
    }
  }

  /** @throws FormatError when the archive ends within an entry. */
  finish(): void {
    if (!this.ended && (this.content > 0 || this.padding > 0 || this.filled > 0))
      throw new FormatError('The package is cut off in the middle of an archive.')
  }

  private header(): void {
    const block = this.block
    if (block[0] === 0 && block.every((byte) => byte === 0)) {
      this.ended = true
      return
    }
    if (!hasChecksum(block))
      throw new FormatError('The package is damaged: an archive in it is no tar archive.')
    const size = readNumber(block.subarray(124, 136))
    if (size === undefined)
      throw new FormatError('The package is damaged: an entry of an archive has no size.')
    const flag = String.fromCharCode(block[156] ?? 0)
    if ('LKxg'.includes(flag)) this.extended(flag, size)
    else this.entry(flag, size)
  }

  private entry(flag: string, ownSize: number): void {
    const { path: longPath, size: longSize } = this.next
    this.next = { extensions: 0 }
    const type = TYPES[flag]
    if (type === undefined)
      throw new FormatError(
        `An archive in the package has an entry of the unknown type ${JSON.stringify(flag)}.`,
      )
    this.entries += 1
    if (this.entries > this.limits.entries)
      throw new FormatError(`An archive in the package has more than ${this.limits.entries} entries.`)
    const path = longPath ?? this.ownPath()
    if (Buffer.byteLength(path) > this.limits.pathLength)
      throw new FormatError(`A path in the package is longer than ${this.limits.pathLength} bytes.`)
    // Links and devices have no content, whatever their size says.
    const size = type === 'file' ? (longSize ?? ownSize) : 0
    const isDirectory = type === 'file' && path.endsWith('/')
    this.open(size, this.take({ path, type: isDirectory ? 'directory' : type, size }))
  }

  /** A long name (GNU) or a pax header of the entry after it. */
  private extended(flag: string, size: number): void {
    this.next.extensions += 1
    if (size > MAX_EXTENDED || this.next.extensions > MAX_EXTENSIONS)
      throw new FormatError('An archive in the package has an extended header that is too long.')
    const content = Buffer.alloc(size)
    let length = 0
    const read = () => {
      if (flag === 'L') this.next.path = readText(content)
      // Headers for all entries say nothing of paths that any tool would write.
      if (flag === 'x') Object.assign(this.next, parsePax(content))
    }
    if (size === 0) {
      read()
      return
    }
    this.open(size, (chunk) => {
      content.set(chunk, length)
      length += chunk.length
      if (length === size) read()
    })
  }

  private open(size: number, sink: TarSink | undefined): void {
    this.content = size
    this.padding = (BLOCK - (size % BLOCK)) % BLOCK
    this.sink = sink
  }

  private ownPath(): string {
    const name = readText(this.block.subarray(0, 100))
    const isPosix = this.block.toString('latin1', 257, 263) === 'ustar\0'
    const prefix = isPosix ? readText(this.block.subarray(345, 500)) : ''
    return prefix === '' ? name : `${prefix}/${name}`
  }
}

/** The sum of a header's bytes, its own field read as spaces (ustar). */
function hasChecksum(block: Buffer): boolean {
  let sum = 8 * 32
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0
  return readNumber(block.subarray(148, 156)) === sum
}
