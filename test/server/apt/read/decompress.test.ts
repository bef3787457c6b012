import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FormatError } from '@/server/apt/format/format-error'
import { type Compression, compressionOf, decompressAll, decompressed } from '@/server/apt/read/decompress'
import { itWith } from '@/test/support/tools'

const LIMITS = { bytes: 1024 ** 3, ratio: 10_000, slack: 1024 ** 3 }
const text = Buffer.concat([
  Buffer.from('hello '.repeat(100_000)),
  randomBytes(400_000),
  Buffer.alloc(300_000),
])

const pack = (program: string, args: string[], input: Buffer) =>
  execFileSync(program, ['-c', '-q', ...args], { input, maxBuffer: 64 * 1024 * 1024 })

async function* inPieces(content: Buffer, piece: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < content.length; at += piece) {
    yield content.subarray(at, at + piece)
    yield Buffer.alloc(0)
  }
}

async function unpack(
  compression: Compression,
  content: Buffer,
  limits = LIMITS,
  piece = 7001,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  const options = { compression, size: content.length, limits, what: 'archive' }
  for await (const chunk of decompressed(inPieces(content, piece), options)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const cases: [Compression, string, string[]][] = [
  ['gzip', 'gzip', []],
  ['xz', 'xz', []],
  ['xz', 'xz', ['-9']],
  ['xz', 'xz', ['--block-size=100000', '--check=crc32']],
  ['zstd', 'zstd', []],
  ['zstd', 'zstd', ['-12', '--check']],
  ['zstd', 'zstd', ['--no-check', '-1']],
]

describe('decompressing', () => {
  for (const [compression, program, args] of cases) {
    const title = [program, ...args].join(' ')
    itWith(program, `undoes ${title}, in one piece and in many, also of several in a row`, async () => {
      const packed = pack(program, args, text)
      expect((await unpack(compression, packed)).equals(text)).toBe(true)
      expect((await unpack(compression, packed, LIMITS, 1 << 20)).equals(text)).toBe(true)
      expect(
        (await decompressAll(packed, { compression, limits: LIMITS, what: 'archive' })).equals(text),
      ).toBe(true)
      const small = pack(program, args, Buffer.from('x'))
      expect((await unpack(compression, small, LIMITS, 1)).toString()).toBe('x')
      expect(await unpack(compression, pack(program, args, Buffer.alloc(0)))).toHaveLength(0)
      const twice = Buffer.concat([small, packed])
      expect((await unpack(compression, twice)).equals(Buffer.concat([Buffer.from('x'), text]))).toBe(true)
    })

    itWith(program, `finds out where ${title} is cut off or damaged`, async () => {
      const packed = pack(program, args, text)
      for (const length of [1, 5, 11, 100, 30_000, packed.length >> 1, packed.length - 1])
        await expect(unpack(compression, packed.subarray(0, length))).rejects.toThrow(FormatError)
      const damaged = Buffer.from(packed)
      damaged.fill(0x55, 20, 300)
      await expect(unpack(compression, damaged)).rejects.toThrow(FormatError)
      // Nothing is left behind that the next would wait for.
      expect((await unpack(compression, packed)).equals(text)).toBe(true)
    })

    itWith(program, `stops ${title} that becomes too much, in time`, async () => {
      const bomb = pack(program, args, Buffer.alloc(24 * 1024 * 1024))
      const limits = { bytes: 1024 ** 3, ratio: 10, slack: 1024 * 1024 }
      const before = process.memoryUsage().rss
      await expect(unpack(compression, bomb, limits)).rejects.toThrow('far more than a package holds')
      expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
      await expect(decompressAll(bomb, { compression, limits, what: 'archive' })).rejects.toThrow('far more')
    })

    itWith(program, `lets go of ${title} that nobody reads to its end`, async () => {
      const packed = pack(program, args, text)
      let closed = 0
      const source = async function* () {
        try {
          yield* inPieces(packed, 5000)
        } finally {
          closed += 1
        }
      }
      for (let round = 0; round < 3; round += 1) {
        const options = { compression, size: packed.length, limits: LIMITS, what: 'archive' }
        for await (const _ of decompressed(source(), options)) break
      }
      expect(closed).toBe(3)
      expect((await unpack(compression, packed)).equals(text)).toBe(true)
    })
  }

  itWith('xz', 'goes on for several at a time', async () => {
    const packed = pack('xz', [], text)
    const all = await Promise.all(Array.from({ length: 8 }, () => unpack('xz', packed)))
    expect(all.every((content) => content.equals(text))).toBe(true)
  })

  itWith('zstd', 'refuses windows that take too much memory', async () => {
    const packed = pack('zstd', ['--ultra', '--long=30', '--no-check'], text)
    await expect(unpack('zstd', packed)).rejects.toThrow('more than 128 MiB of memory')
  })

  itWith('xz', 'refuses dictionaries that take too much memory, and says so', async () => {
    const largest = pack('xz', ['--lzma2=dict=64MiB'], text)
    expect((await unpack('xz', largest)).equals(text)).toBe(true)
    for (const size of ['65MiB', '1GiB']) {
      const packed = pack('xz', [`--lzma2=dict=${size}`], text.subarray(0, 1000))
      await expect(unpack('xz', packed)).rejects.toThrow('dictionary of more than 64 MiB')
      // Also where one that can be read stands before it.
      await expect(unpack('xz', Buffer.concat([largest, packed]))).rejects.toThrow('more than 64 MiB')
    }
  })

  it('refuses zstd whose frame claims gigabytes', async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    await expect(unpack('zstd', frame)).rejects.toThrow('more than 128 MiB of memory')
    const block = Buffer.from([
      0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0xfb, 0xff, 0xff, 0x41, 0, 0, 0, 0, 0, 0, 0, 0,
    ])
    await expect(unpack('zstd', block)).rejects.toThrow('is not zstd')
  })

  it('passes over frames of zstd that are to be skipped', async () => {
    const skipped = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 20, 0, 0, 0]), Buffer.alloc(20, 1)])
    const raw = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x03, 0x19, 0x00, 0x00, 0x61, 0x62, 0x63])
    expect((await unpack('zstd', Buffer.concat([skipped, raw, skipped]), LIMITS, 3)).toString()).toBe('abc')
  })

  it('passes on what the source fails with', async () => {
    for (const compression of ['none', 'gzip', 'xz', 'zstd'] as const) {
      const source = async function* () {
        yield gzipSync('').subarray(0, 1)
        throw new TypeError('The network is gone.')
      }
      const reading = async () => {
        const options = { compression, size: 100, limits: LIMITS, what: 'archive' }
        for await (const chunk of decompressed(source(), options)) expect(chunk).toHaveLength(1)
      }
      await expect(reading()).rejects.toThrow('The network is gone.')
    }
  })

  it('knows a compression by the name of a file', () => {
    expect(
      ['', '.gz', '.xz', '.zst'].map((suffix) => compressionOf(`data.tar${suffix}`, 'data.tar')),
    ).toEqual(['none', 'gzip', 'xz', 'zstd'])
    expect(compressionOf('data.tar.gz.evil', 'data.tar')).toBeUndefined()
    expect(compressionOf('control.tar.gz', 'data.tar')).toBeUndefined()
    expect(() => compressionOf('data.tar.bz2', 'data.tar')).toThrow('compressed with bz2')
  })
})
