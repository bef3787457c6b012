import { once } from 'node:events'
import { Readable } from 'node:stream'
import { createGunzip, gunzipSync } from 'node:zlib'
import { Decompress } from 'fzstd'
import * as xzDecompress from 'xz-decompress'
import { FormatError } from '@/server/apt/format/format-error'
import { ZstdFrames } from '@/server/apt/read/zstd-frames'

// A CommonJS package whose names Node cannot see from outside; under its default it is there for Node and for bundlers.
const { XzReadableStream } = (xzDecompress as { default?: typeof xzDecompress }).default ?? xzDecompress

export type Compression = 'none' | 'gzip' | 'xz' | 'zstd'

const SUFFIXES: Record<string, Compression> = { '': 'none', '.gz': 'gzip', '.xz': 'xz', '.zst': 'zstd' }

/**
 * How a file is compressed, by its name.
 * @param base its name without what the compression adds: `data.tar`.
 * @returns undefined where it is another file.
 * @throws FormatError for a compression that is known and cannot be read.
 */
export function compressionOf(name: string, base: string): Compression | undefined {
  if (!name.startsWith(base)) return undefined
  const suffix = name.slice(base.length)
  if (suffix === '.bz2' || suffix === '.lzma')
    throw new FormatError(
      `“${name}” is compressed with ${suffix.slice(1)}, which cannot be read; use gzip, xz or zstd.`,
    )
  return SUFFIXES[suffix]
}

/** How much may come out of what goes in. */
export interface OutputLimits {
  /** In bytes. */
  bytes: number
  /** Out to in, once `slack` bytes have come out. */
  ratio: number
  slack: number
}

/**
 * What comes out of compressed bytes, piece by piece, none of them empty. It lets other work go on between large pieces.
 * @param size of all that goes in, in bytes.
 * @param what names it in messages: `data archive`.
 * @throws FormatError when it is damaged, cut off, or more comes out than the limits allow; errors of the source are passed on.
 */
export async function* decompressed(
  source: AsyncIterable<Uint8Array>,
  {
    compression,
    size,
    limits,
    what,
  }: { compression: Compression; size: number; limits: OutputLimits; what: string },
): AsyncGenerator<Uint8Array, void> {
  const most = mostOf(size, limits)
  let fault: { error: unknown } | undefined
  async function* watched() {
    try {
      for await (const chunk of source) if (chunk.length > 0) yield chunk
    } catch (error) {
      fault = { error }
      throw error
    }
  }
  let sum = 0
  let sinceBreath = 0
  try {
    for await (const chunk of STREAMS[compression](watched())) {
      if (chunk.length === 0) continue
      sum += chunk.length
      if (sum > most) throw tooMuch(what)
      yield chunk
      sinceBreath += chunk.length
      if (sinceBreath < BREATH) continue
      sinceBreath = 0
      await new Promise(setImmediate)
    }
  } catch (error) {
    if (fault) throw fault.error
    if (error instanceof FormatError) throw error
    throw new FormatError(`The package is damaged: its ${what} cannot be unpacked.`)
  }
}

/**
 * As `decompressed`, for bytes that are in memory; at once where the compression allows it.
 * @returns the whole.
 */
export async function decompressAll(
  content: Buffer,
  { compression, limits, what }: { compression: Compression; limits: OutputLimits; what: string },
): Promise<Buffer> {
  if (compression === 'gzip') return gunzipped(content, limits, what)
  const source = (async function* () {
    yield content
  })()
  const chunks: Uint8Array[] = []
  for await (const chunk of decompressed(source, { compression, size: content.length, limits, what }))
    chunks.push(chunk)
  return Buffer.concat(chunks)
}

function gunzipped(content: Buffer, limits: OutputLimits, what: string): Buffer {
  try {
    return gunzipSync(content, { maxOutputLength: mostOf(content.length, limits) })
  } catch (error) {
    if (error instanceof RangeError) throw tooMuch(what)
    throw new FormatError(`The package is damaged: its ${what} cannot be unpacked.`)
  }
}

/** Bytes after which other work gets its turn. */
const BREATH = 512 * 1024
/** So little goes into the zstd decompressor at once that what comes out, at worst 256 whole blocks, fits into memory. */
const ZSTD_PIECE = 1024

function mostOf(size: number, { bytes, ratio, slack }: OutputLimits): number {
  return Math.min(bytes, slack + size * ratio)
}

function tooMuch(what: string): FormatError {
  return new FormatError(`The package’s ${what} unpacks to far more than a package holds.`)
}

/**
 * As `decompressed` for gzip that is small on both sides and in memory: at once, at a fifth of the cost.
 * @returns undefined where more than 1 MiB comes out, or it is damaged; `decompressed` then tells why.
 */
export function gunzipSmall(content: Buffer): Buffer | undefined {
  try {
    return gunzipSync(content, { maxOutputLength: SMALL })
  } catch {
    return undefined
  }
}

const SMALL = 1024 * 1024

type Stream = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

const STREAMS: Record<Compression, Stream> = {
  none: (source) => source,
  gzip: gunzip,
  xz: unxz,
  zstd: unzstd,
}

async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const input = Readable.from(source, { objectMode: false })
  const output = createGunzip({ chunkSize: 64 * 1024 })
  input.once('error', (error) => output.destroy(error))
  try {
    yield* input.pipe(output)
  } finally {
    input.destroy()
    output.destroy()
    if (!input.closed) await once(input, 'close')
  }
}

/**
 * The library lets one stream of the process run at a time, so this one is always read to its end or cancelled; and cancelled only once
 * it has begun, because it would otherwise keep others waiting for ever.
 */
async function* unxz(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = new XzReadableStream(webStream(source)).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw XZ_TOO_LARGE.test(String(error)) ? tooLargeDictionary() : error
      })
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** What the library says of a dictionary larger than the 64 MiB for which it has room (XZ_MEMLIMIT_ERROR). */
const XZ_TOO_LARGE = /failed with error code 4$/

function tooLargeDictionary(): FormatError {
  return new FormatError(
    'The package is compressed with an xz dictionary of more than 64 MiB, which takes too much memory to unpack. `xz -9` stays within that.',
  )
}

function webStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => {
      await chunks.return?.()
    },
  })
}

async function* unzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const frames = new ZstdFrames()
  let ready: Uint8Array[] = []
  const decompress = new Decompress((chunk) => ready.push(chunk))
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += ZSTD_PIECE) {
      const piece = chunk.subarray(at, at + ZSTD_PIECE)
      frames.push(piece)
      decompress.push(piece)
      yield* ready
      ready = []
    }
  }
  frames.finish()
  decompress.push(new Uint8Array(0), true)
  yield* ready
}
