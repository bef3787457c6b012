import type { AptRepository } from '@/prisma/client/client'
import { parseRelease } from '@/server/apt/format/release'
import { hashFile } from '@/server/apt/publish/hash-files'
import type { IndexFile } from '@/server/apt/publish/lists'
import { runCache } from '@/server/apt/publish/run-cache'
import { type Encoding, encodings, joinRuns, type RunFacts } from '@/server/apt/publish/runs'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'

/** A file as a Release names it. */
export interface PublishedFile {
  path: string
  /** In bytes. */
  size: number
  sha256: string
  /** Its lists are those of the publication before. */
  unchanged: boolean
}

interface Wanted {
  repository: AptRepository
  branchId: string
  files: readonly IndexFile[]
  /** Ids by name. */
  lists: ReadonlyMap<string, bigint>
  previous: ReadonlyMap<string, number | bigint>
  /** The Release of the publication before. */
  release: string | undefined
  /** Takes what each file is made of that is another than before: it is found by its digest once these are stored. */
  contents: IndexContent[]
}

export type IndexContent = Prisma.AptIndexContentCreateManyInput

const SUFFIX: Record<Encoding, string> = { plain: '', gz: '.gz', zst: '.zst' }

/**
 * Works out what each file is. One whose lists are those of the publication before is the file that it was.
 * @returns the files in every encoding, by path.
 */
export async function publishFiles(
  ctx: Context,
  { repository, branchId, files, lists, previous, release, contents }: Wanted,
): Promise<PublishedFile[]> {
  const found: PublishedFile[] = []
  const known = release === undefined ? new Map<string, Digest>() : digestsOf(release)
  for (const { path, lists: names } of files) {
    const listIds = names.map((name) => lists.get(name) as bigint)
    const isSame = names.every((name, index) => {
      const before = previous.get(name)
      return before !== undefined && BigInt(before) === listIds[index]
    })
    let runs: RunFacts[] | undefined
    for (const encoding of encodings) {
      const full = `${path}${SUFFIX[encoding]}`
      const before = isSame ? known.get(full) : undefined
      if (before !== undefined) {
        found.push({ path: full, ...before, unchanged: true })
        continue
      }
      runs ??= joinRuns(await runCache(ctx).runsOf(listIds))
      const { sha256, size } = await hashFile(ctx, courseOf(branchId, names[0]), runs, encoding)
      found.push({ path: full, size, sha256, unchanged: false })
      contents.push({ repositoryId: repository.id, sha256, encoding, listIds, size: BigInt(size) })
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

interface Ahead {
  branchId: string
  list: string
  runs: readonly RunFacts[]
}

/** Hashes the beginning of the files that begin with a list, while its runs are in memory: a large branch is not read twice. */
export async function hashAhead(ctx: Context, { branchId, list, runs }: Ahead): Promise<void> {
  const filled = joinRuns([runs])
  const keep = false
  for (const encoding of encodings) await hashFile(ctx, courseOf(branchId, list), filled, encoding, { keep })
}

/** Files that begin with the same list share what was hashed of it: those of both layouts do. */
function courseOf(branchId: string, first = ''): string {
  return `${branchId}/${first}`
}

type Digest = Pick<PublishedFile, 'sha256' | 'size'>

/** Size and digest of each file that a Release names. */
function digestsOf(release: string): Map<string, Digest> {
  return new Map(parseRelease(release).files.map(({ path, sha256 = '', size }) => [path, { sha256, size }]))
}
