import { hash } from 'node:crypto'
import { decodeText } from '@/server/apt/format/control'
import { parseDsc } from '@/server/apt/format/dsc'
import { FormatError } from '@/server/apt/format/format-error'
import type { Candidate, PromisedFile } from '@/server/apt/import/candidate'
import type { ImportPlace } from '@/server/apt/import/import-place'
import { takeOffSignature } from '@/server/apt/keys/verify-signature'
import { type Destination, describeDeb, type FileDigests } from '@/server/apt/packages/describe-deb'
import { describeSource, differenceOf } from '@/server/apt/packages/describe-source'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { readDeb } from '@/server/apt/read/read-deb'
import { MAX_TEXT_BYTES } from '@/server/apt/uploads/file-kind'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { type ByteSource, sourceInMemory } from '@/server/storage/source'

/** A package that was read, with the files of it that are not stored yet. */
export interface ReadPackage {
  package: NewPackage
  /** Small ones, in memory; larger ones are stored already. */
  small: { sha256: string; content: Buffer }[]
}

interface Reading {
  place: ImportPlace
  candidate: Candidate
  destination: Destination & { architectures: readonly string[] }
  signal: AbortSignal
}

/** Larger files stream into storage one by one; smaller ones are gathered, and stored many at a time. */
const SMALL = 1024 * 1024

/**
 * Reads one package of another repository, whole: its files are checked against what the index says, larger ones stored.
 * @throws FormatError with what is wrong with it; AppError `digest_mismatch`, `not_found`, `too_large`; faults of the place.
 */
export async function readCandidate(ctx: Context, reading: Reading): Promise<ReadPackage> {
  return reading.candidate.kind === 'source' ? readSource(ctx, reading) : readBinary(ctx, reading)
}

async function readBinary(ctx: Context, reading: Reading): Promise<ReadPackage> {
  const { candidate, destination } = reading
  const { digests, source, small } = await take(ctx, reading, candidate.file)
  const deb = await readDeb(source, digests.size, { wantPaths: destination.contents, fallback: 'latin1' })
  const control = deb.control.with({ Section: candidate.section, Priority: candidate.priority })
  const found = describeDeb({
    ...{ control, paths: deb.paths ?? [], changelog: deb.changelog, file: digests, destination },
    component: candidate.component,
    isDebug: candidate.file.path.endsWith('.ddeb'),
  })
  if (found.architecture !== 'all' && !destination.architectures.includes(found.architecture)) {
    throw new FormatError(`Its architecture ${found.architecture} is not among this repository’s.`)
  }
  return { package: found, small }
}

async function readSource(ctx: Context, reading: Reading): Promise<ReadPackage> {
  const { candidate, destination, place } = reading
  const content = await place.read(candidate.file.path, MAX_TEXT_BYTES)
  if (content === undefined) throw absent(candidate.file)
  const digests = digestsOf(content)
  refuseOther(candidate.file, digests)
  const text = decodeText(content, { what: 'The .dsc', fallback: 'latin1' })
  const dsc = parseDsc(takeOffSignature(text))
  const directory = candidate.file.path.slice(0, candidate.file.path.lastIndexOf('/') + 1)
  const small = [{ sha256: digests.sha256, content }]
  const files = new Map<string, FileDigests>()
  for (const { name, size, sha256 } of dsc.files) {
    const listed = candidate.parts.find(({ path }) => path === directory + name)
    const part = await take(ctx, reading, listed ?? { path: directory + name, size, sha256 })
    small.push(...part.small)
    files.set(name, part.digests)
  }
  const found = describeSource({
    ...{ dsc, file: digests, files, destination, component: candidate.component },
    ...{ section: candidate.section, priority: candidate.priority },
  })
  return { package: found, small }
}

interface Taken {
  digests: FileDigests
  source: ByteSource
  small: { sha256: string; content: Buffer }[]
}

/** Brings a file here and checks it: into memory when it is small, else into storage. */
async function take(ctx: Context, { place, signal }: Reading, file: PromisedFile): Promise<Taken> {
  const isSmall = file.size === undefined || file.size <= SMALL
  const content = isSmall ? await readIfSmall(place, file.path) : undefined
  if (content !== undefined) {
    const digests = digestsOf(content)
    refuseOther(file, digests)
    return { digests, source: sourceInMemory(content), small: [{ sha256: digests.sha256, content }] }
  }
  const opened = await place.open(file.path)
  if (opened === undefined) throw absent(file)
  try {
    const received = await ctx.blobs.receive(opened.body, {
      ...{ signal, maxBytes: ctx.env.ENTREPOT_FETCH_MAX_BYTES, algorithms: ['sha1', 'md5'] },
    })
    const { sha256, size, digests: all } = received
    const digests = { sha256, size, sha1: all.sha1 as string, md5: all.md5 as string }
    try {
      refuseOther(file, digests)
    } catch (error) {
      await received.discard()
      throw error
    }
    await received.commit()
    return { digests, source: ctx.blobs.source(sha256), small: [] }
  } finally {
    opened.close()
  }
}

/** Undefined for a file that is larger. */
async function readIfSmall(place: ImportPlace, path: string): Promise<Buffer | undefined> {
  try {
    const content = await place.read(path, SMALL)
    if (content === undefined) throw absent({ path, size: undefined })
    return content
  } catch (error) {
    if (error instanceof AppError && error.code === 'too_large') return undefined
    throw error
  }
}

function digestsOf(content: Buffer): FileDigests {
  const [sha256, sha1, md5] = [hash('sha256', content), hash('sha1', content), hash('md5', content)]
  return { sha256, sha1, md5, size: content.length }
}

function refuseOther(promised: PromisedFile, found: FileDigests): void {
  const difference = differenceOf({ ...promised, size: promised.size ?? found.size }, found)
  if (difference === undefined) return
  throw new AppError('digest_mismatch', `The file is not what its index says: ${difference}.`)
}

function absent({ path }: PromisedFile): AppError {
  return new AppError('not_found', `There is no file ${path}.`)
}
