import { type Control, decodeText, parseParagraph } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import { isArchitecture, isPackageName } from '@/server/apt/format/names'
import { parseVersion } from '@/server/apt/format/version'
import { readControlFile } from '@/server/apt/read/control-archive'
import { readDataArchive } from '@/server/apt/read/data-archive'
import { type CompressedMember, findMembers, type ReadBytes } from '@/server/apt/read/deb-members'
import { type Compression, decompressAll, decompressed, gunzipSmall } from '@/server/apt/read/decompress'
import type { ByteSource } from '@/server/storage/source'

export interface DebLimits {
  /** Bytes of the control archive, packed and unpacked. */
  controlArchive: number
  /** Bytes of the file `control`. */
  controlFile: number
  /** Bytes of the data archive, unpacked. */
  dataArchive: number
  /** Entries of the data archive. */
  entries: number
  /** Characters of all paths together. */
  pathLength: number
}

export interface DebOptions {
  /** Whether the data archive is read, for the paths in it and the changelog. */
  wantPaths?: boolean
  /** Reads a control file that is no UTF-8 as Latin-1, as old packages were written. */
  fallback?: 'latin1'
  limits?: Partial<DebLimits>
}

export interface Deb {
  control: Control
  controlText: string
  name: string
  version: string
  architecture: string
  /** Of files and links, without a leading `/`; undefined when they were not wanted. */
  paths: string[] | undefined
  /** The newest entry; null where there is none, or paths were not wanted. */
  changelog: string | null
  compression: { control: Compression; data: Compression }
}

const MIB = 1024 * 1024
const LIMITS: DebLimits = {
  controlArchive: 16 * MIB,
  controlFile: 4 * MIB,
  dataArchive: 64 * 1024 * MIB,
  entries: 1_000_000,
  pathLength: 64 * MIB,
}
/** What is read at first: of small packages all that is needed. */
const HEAD = 64 * 1024

/**
 * Reads a binary package (deb(5)): .deb, .udeb, .ddeb.
 * @param size of the whole, in bytes.
 * @throws FormatError when it is no package, damaged, cut off, or more than the limits allow. Errors of the source are passed on.
 */
export async function readDeb(source: ByteSource, size: number, options: DebOptions = {}): Promise<Deb> {
  const limits = { ...LIMITS, ...options.limits }
  const head = await readBytes(source, 0, Math.min(HEAD, size))
  const read: ReadBytes = async (start, length) => {
    const end = Math.min(start + length, size)
    if (end <= head.length) return head.subarray(start, end)
    return readBytes(source, start, Math.max(0, end - start))
  }
  const members = await findMembers(read, size)
  const controlText = await readControl(members.control, read, limits, options.fallback)
  const control = parseParagraph(controlText)
  const identity = identify(control)
  const facts = options.wantPaths
    ? await readDataArchive(dataOf(members.data, { source, head }, limits), {
        name: identity.name,
        entries: limits.entries,
        pathLength: limits.pathLength,
      })
    : undefined
  return {
    control,
    controlText,
    ...identity,
    paths: facts?.paths,
    changelog: facts?.changelog ?? null,
    compression: { control: members.control.compression, data: members.data.compression },
  }
}

async function readControl(
  { start, size, compression }: CompressedMember,
  read: ReadBytes,
  limits: DebLimits,
  fallback: 'latin1' | undefined,
): Promise<string> {
  if (size > limits.controlArchive)
    throw new FormatError(`The control archive has ${size} bytes; it may have ${limits.controlArchive}.`)
  const archive = await decompressAll(await read(start, size), {
    compression,
    limits: { bytes: limits.controlArchive, ratio: 200, slack: MIB },
    what: 'control archive',
  })
  return decodeText(readControlFile(archive, limits.controlFile), fallback && { fallback })
}

/** The data archive, unpacked as it is read. */
function dataOf(
  { start, size, compression }: CompressedMember,
  { source, head }: { source: ByteSource; head: Buffer },
  limits: DebLimits,
): AsyncIterable<Uint8Array> {
  const end = start + size
  const packed = end <= head.length ? head.subarray(start, end) : undefined
  const small = packed && compression === 'gzip' ? gunzipSmall(packed) : undefined
  if (small) return inOne(small)
  return decompressed(packed ? inOne(packed) : streamOf(source, start, end), {
    compression,
    size,
    limits: { bytes: limits.dataArchive, ratio: 1100, slack: 64 * MIB },
    what: 'data archive',
  })
}

async function* inOne(content: Buffer): AsyncGenerator<Uint8Array, void> {
  yield content
}

async function* streamOf(source: ByteSource, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  if (end > start) yield* await source.read({ start, end: end - 1 })
}

async function readBytes(source: ByteSource, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  if (length === 0) return bytes
  await source.feed(
    async (chunk) => {
      filled += chunk.copy(bytes, filled)
    },
    { start, end: start + length - 1 },
  )
  return bytes.subarray(0, filled)
}

/** What names a package, checked. */
function identify(control: Control): { name: string; version: string; architecture: string } {
  const name = control.need('Package')
  const version = control.need('Version')
  const architecture = control.need('Architecture')
  if (!isPackageName(name)) throw new FormatError(`“${name.slice(0, 80)}” is not the name of a package.`)
  if (!parseVersion(version)) throw new FormatError(`“${version.slice(0, 80)}” is not a version.`)
  if (!isArchitecture(architecture) || architecture === 'source')
    throw new FormatError(`“${architecture.slice(0, 80)}” is not an architecture of a binary package.`)
  return { name, version, architecture }
}
