import { createHash, type Hash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type { DigestAlgorithm } from '@/server/blobs/receive'
import type { Context } from '@/server/context'
import { AppError, type FieldFault } from '@/server/errors'
import { algorithmsOf, mergeExpectations, satisfies } from '@/server/mirror/expectation'
import { integrityFromSha256 } from '@/server/mirror/integrity'
import type { Line } from '@/server/mirror/read-lines'

/** What is known of a file's bytes. */
export interface KnownFile {
  uri: string
  sha256: string | null
  expectedIntegrity: string | null
}

/** Digests of stored contents, by their SHA-256. */
export type KnownDigests = ReadonlyMap<string, Partial<Record<DigestAlgorithm, string>>>

/** So much is read at most to compare a strong hash with stored bytes, while somebody waits for the answer. */
const MAX_HASHED = 8 * 1024 ** 3

/**
 * Computes what is needed to compare expectations with stored bytes. It happens before the transaction, because bytes may
 * have to be read: of a stored file the SHA-256 is known, no other digest.
 * @throws AppError `unprocessable` when too many bytes would have to be read.
 */
export async function digestStored(ctx: Context, lines: readonly Line[]): Promise<KnownDigests> {
  const wanted = new Map(
    lines.flatMap(({ uri, expected }) => (expected === null ? [] : [[uri, algorithmsOf(expected)]])),
  )
  const files = await ctx.db.file.findMany({
    where: { uri: { in: [...wanted.keys()] }, state: 'stored' },
    select: { uri: true, sha256: true, size: true },
  })
  const known = new Map<string, Partial<Record<DigestAlgorithm, string>>>()
  let bytes = 0
  for (const { uri, sha256, size } of files) {
    const missing = (wanted.get(uri) ?? []).filter((algorithm) => algorithm !== 'sha256')
    if (sha256 === null || missing.length === 0) continue
    bytes += Number(size)
    if (bytes > MAX_HASHED) {
      throw new AppError('unprocessable', 'Too much is stored of this to compare. Give SHA-256 hashes.')
    }
    known.set(sha256, { ...known.get(sha256), ...(await digestsOf(ctx, sha256, missing)) })
  }
  return known
}

async function digestsOf(ctx: Context, sha256: string, algorithms: readonly DigestAlgorithm[]) {
  const hashes = algorithms.map((algorithm): [DigestAlgorithm, Hash] => [algorithm, createHash(algorithm)])
  await pipeline(await ctx.blobs.read(sha256), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) for (const [, hash] of hashes) hash.update(chunk)
  })
  return Object.fromEntries(hashes.map(([algorithm, hash]) => [algorithm, hash.digest('hex')]))
}

/**
 * What is expected of known files from now on: what was expected before, and what these lines expect.
 * @param files the rows of the known ones among the lines, locked.
 * @returns the expectation of each file where it changes, by URI.
 * @throws AppError `conflict` for lines that expect other bytes than those which are stored, or than somebody else expects;
 *   it names both.
 */
export function agreeWithKnown(
  lines: readonly Line[],
  files: ReadonlyMap<string, KnownFile>,
  digests: KnownDigests,
): Map<string, string> {
  const faults: FieldFault[] = []
  const changed = new Map<string, string>()
  for (const { uri, expected, path } of lines) {
    const file = files.get(uri)
    if (file === undefined || expected === null) continue
    const merged = mergeExpectations(file.expectedIntegrity, expected)
    const contradicted = contradiction(file, expected, digests)
    if (contradicted !== undefined || merged === undefined || merged === null) {
      const there = contradicted ?? `an earlier declaration expects ${file.expectedIntegrity}`
      faults.push({ path: `${path}uri`, message: `${uri}: ${there}, but you expect ${expected}.` })
    } else if (merged !== file.expectedIntegrity) changed.set(uri, merged)
  }
  if (faults[0] === undefined) return changed
  const message =
    faults.length === 1 ? faults[0].message : `${faults.length} URLs have other bytes than you expect.`
  throw new AppError('conflict', message, { fields: faults })
}

/** What speaks against the expectation among the stored bytes; undefined when nothing does. */
function contradiction({ sha256 }: KnownFile, expected: string, digests: KnownDigests): string | undefined {
  if (sha256 === null) return undefined
  const known = { ...digests.get(sha256), sha256 }
  if (satisfies(expected, known)) return undefined
  const isJudged = algorithmsOf(expected).every((algorithm) => known[algorithm] !== undefined)
  return isJudged
    ? `the stored bytes have ${integrityFromSha256(sha256)}`
    : 'it was stored just now; try again'
}
