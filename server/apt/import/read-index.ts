import { createHash } from 'node:crypto'
import { decodeText } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import type { NamedFile, Release } from '@/server/apt/format/release'
import type { ImportPlace } from '@/server/apt/import/import-place'
import { type Compression, decompressed } from '@/server/apt/read/decompress'
import { AppError } from '@/server/errors'

interface Index {
  /** From the place's root, with a slash at its end; empty for the root. */
  directory: string
  /** `main/binary-amd64/Packages`. */
  name: string
  /** Undefined where the repository has none: then every form is tried. */
  release: Release | undefined
}

/** Forms of an index, the smallest to fetch first. */
const forms: readonly [suffix: string, compression: Compression][] = [
  ['.xz', 'xz'],
  ['.zst', 'zstd'],
  ['.gz', 'gzip'],
  ['', 'none'],
]
const MAX_PACKED = 256 * 1024 * 1024
const MAX_TEXT = 4 * 1024 * 1024 * 1024
/** Looked at together; a paragraph may be longer. */
const PIECE = 1024 * 1024
const MAX_PARAGRAPH = 16 * 1024 * 1024

/** Whole paragraphs of an index. */
export interface IndexPiece {
  text: string
  /** Lines of the index before them. */
  before: number
}

/**
 * The text of an index, in whatever form it is there, checked against its Release and then unpacked piece by piece.
 * @returns undefined where there is none; else pieces, which throw AppError `unprocessable` where it cannot be unpacked.
 * @throws AppError `digest_mismatch`, `too_large`; what reading fails with.
 */
export async function readIndex(
  place: ImportPlace,
  { directory, name, release }: Index,
): Promise<AsyncIterable<IndexPiece> | undefined> {
  for (const [suffix, compression] of forms) {
    const named = release?.files.find(({ path }) => path === name + suffix)
    if (release !== undefined && named === undefined) continue
    const content = await readForm(place, { directory, path: name + suffix, release, named })
    if (content === undefined) continue
    refuseOther(place, content, { path: directory + name + suffix, named })
    return unpack(place, content, { path: directory + name + suffix, compression })
  }
  return undefined
}

/** By its hash where the repository has that, so that one that changes meanwhile is read as it was. */
async function readForm(
  place: ImportPlace,
  {
    directory,
    path,
    release,
    named,
  }: { directory: string; path: string; release: Release | undefined; named: NamedFile | undefined },
): Promise<Buffer | undefined> {
  if (release?.acquireByHash && named?.sha256 !== undefined) {
    const parent = path.slice(0, path.lastIndexOf('/') + 1)
    const found = await place.read(`${directory}${parent}by-hash/SHA256/${named.sha256}`, MAX_PACKED)
    if (found !== undefined) return found
  }
  return place.read(directory + path, MAX_PACKED)
}

function refuseOther(
  place: ImportPlace,
  content: Buffer,
  { path, named }: { path: string; named: NamedFile | undefined },
): void {
  if (named === undefined) return
  const [algorithm, expected] = strongest(named)
  const actual = algorithm && createHash(algorithm).update(content).digest('hex')
  if (content.length === named.size && actual !== undefined && actual === expected) return
  throw new AppError(
    'digest_mismatch',
    `${path} of ${place.name} is not what its Release says. Nothing was imported.`,
  )
}

function strongest({ sha256, sha1, md5 }: NamedFile): ['sha256' | 'sha1' | 'md5', string] | [] {
  if (sha256 !== undefined) return ['sha256', sha256]
  if (sha1 !== undefined) return ['sha1', sha1]
  return md5 === undefined ? [] : ['md5', md5]
}

async function* unpack(
  place: ImportPlace,
  content: Buffer,
  { path, compression }: { path: string; compression: Compression },
): AsyncGenerator<IndexPiece, void> {
  const limits = { bytes: MAX_TEXT, ratio: 1100, slack: 64 * 1024 * 1024 }
  const source = (async function* () {
    yield content
  })()
  const chunks = decompressed(source, { compression, size: content.length, limits, what: path })
  let before = 0
  try {
    for await (const bytes of wholeParagraphs(chunks)) {
      yield { text: decodeText(bytes, { what: path, fallback: 'latin1' }), before }
      before += linesIn(bytes)
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const message = `${path} of ${place.name} cannot be unpacked. ${error.message}`
    throw new AppError('unprocessable', message, { cause: error })
  }
}

/** The same bytes, cut at empty lines. */
async function* wholeParagraphs(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const known = Buffer.concat([rest, chunk.subarray(at, at + PIECE)])
      const cut = known.lastIndexOf('\n\n')
      rest = known.subarray(cut === -1 ? 0 : cut + 2)
      if (rest.length > MAX_PARAGRAPH)
        throw new FormatError(`It has a paragraph of more than ${MAX_PARAGRAPH} bytes.`)
      if (cut !== -1) yield known.subarray(0, cut + 2)
    }
  }
  if (rest.length > 0) yield rest
}

function linesIn(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}
