import { FormatError } from '@/server/apt/format/format-error'

/** What `zstd -d` bears without being asked for more: frames made with --long=27. */
const MAX_WINDOW = 128 * 1024 * 1024
/** RFC 8878, “Blocks”. */
const MAX_BLOCK = 128 * 1024
const MAGIC = 0xfd2fb528
/** The lowest of the sixteen that begin a frame to be skipped. */
const SKIPPABLE = 0x184d2a50
const MAX_HEADER = 18

/**
 * Follows the frames and blocks of a zstd stream (RFC 8878) without decompressing them, so that nothing is handed on that would make
 * a decompressor take more memory than a window of 128 MiB, and so that a stream that is cut off is found out.
 */
export class ZstdFrames {
  /** What is known of the header that has begun: always less than the whole of it. */
  private held = Buffer.alloc(0)
  /** Bytes of a block, checksum or skipped frame yet to pass. */
  private skip = 0
  private state: 'frame' | 'block' = 'frame'
  private hasChecksum = false
  private frames = 0

  /** @throws FormatError when what follows cannot be zstd, or needs too much memory. */
  push(chunk: Uint8Array): void {
    let rest: Uint8Array = chunk
    while (rest.length > 0) {
      if (this.skip > 0) {
        const passed = Math.min(this.skip, rest.length)
        this.skip -= passed
        rest = rest.subarray(passed)
        continue
      }
      const known = Buffer.concat([this.held, rest.subarray(0, MAX_HEADER)])
      const used = this.state === 'block' ? this.block(known) : this.frame(known)
      if (used === 0) {
        this.held = known
        return
      }
      rest = rest.subarray(used - this.held.length)
      this.held = Buffer.alloc(0)
    }
  }

  /** @throws FormatError when the stream ends within a frame, or has none. */
  finish(): void {
    if (this.state !== 'frame' || this.skip > 0 || this.held.length > 0 || this.frames === 0) throw cutOff()
  }

  /** Reads a frame's header; 0 where more of it must be known, else its length. */
  private frame(known: Buffer): number {
    if (known.length < 5) return 0
    const magic = known.readUInt32LE(0)
    if (magic >>> 4 === SKIPPABLE >>> 4) {
      if (known.length < 8) return 0
      this.skip = known.readUInt32LE(4)
      return 8
    }
    if (magic !== MAGIC) throw new FormatError('The package is damaged: its zstd data is not zstd.')
    const descriptor = known[4] ?? 0
    const isSingle = (descriptor & 0x20) !== 0
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0
    const length = 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes
    if (known.length < length) return 0
    const window = isSingle
      ? contentSize(known.subarray(length - sizeBytes, length))
      : windowSize(known[5] ?? 0)
    if (window > MAX_WINDOW)
      throw new FormatError('The package is compressed so that unpacking takes more than 128 MiB of memory.')
    this.hasChecksum = (descriptor & 4) !== 0
    this.state = 'block'
    this.frames += 1
    return length
  }

  private block(known: Buffer): number {
    if (known.length < 3) return 0
    const header = known.readUIntLE(0, 3)
    const type = (header >>> 1) & 3
    const size = header >>> 3
    if (type === 3 || size > MAX_BLOCK)
      throw new FormatError('The package is damaged: its zstd data is not zstd.')
    const isLast = (header & 1) === 1
    this.skip = (type === 1 ? 1 : size) + (isLast && this.hasChecksum ? 4 : 0)
    this.state = isLast ? 'frame' : 'block'
    return 3
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3))
  return base + (base / 8) * (descriptor & 7)
}

function contentSize(bytes: Buffer): number {
  if (bytes.length === 8) return Number(bytes.readBigUInt64LE(0))
  return bytes.readUIntLE(0, bytes.length) + (bytes.length === 2 ? 256 : 0)
}

function cutOff(): FormatError {
  return new FormatError('The package is cut off in the middle of its compressed data.')
}
