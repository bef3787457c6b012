import type { AptUpload } from '@/prisma/client/client'
import { FormatError } from '@/server/apt/format/format-error'
import type { Candidate } from '@/server/apt/import/candidate'
import type { ImportPlace } from '@/server/apt/import/import-place'
import type { ImportReport } from '@/server/apt/import/import-report'
import { publishBatch } from '@/server/apt/import/publish-batch'
import { type ReadPackage, readCandidate } from '@/server/apt/import/read-candidate'
import type { Destination } from '@/server/apt/packages/describe-deb'
import type { NewPackage } from '@/server/apt/packages/new-package'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { mayPass } from '@/server/mirror/upstream-fault'
import type { TaskRun } from '@/server/tasks/task'

interface Import {
  upload: AptUpload
  place: ImportPlace
  candidates: readonly Candidate[]
  destination: Destination & { architectures: readonly string[] }
  report: ImportReport
}

/** Packages of one publication. */
const BATCH = 20_000
/** Characters that a batch holds in memory; contents of large packages are long. */
const BATCH_TEXT = 64 * 1024 * 1024
/** Small files are stored so many at a time, while the next ones are read. */
const GROUP = 8192
const GROUP_BYTES = 64 * 1024 * 1024
/** Packages after which other work gets its turn. */
const BREATH = 16
const ATTEMPTS = 3

/**
 * Reads, stores and publishes packages of another repository, twenty thousand at a time. Those that the repository has are not
 * read again, so that an import which broke off goes on where it was. One that is bad is reported, and the others come.
 * @throws faults of the place that may pass; what was read until then is published.
 */
export async function importPackages(ctx: Context, run: TaskRun, work: Import): Promise<void> {
  const { candidates, upload, report } = work
  const total = candidates.length
  run.progress({ step: 'Reading packages', done: 0, total, unit: 'packages' })
  const known = await knownPackages(ctx, upload.repositoryId, candidates)
  const left = candidates.filter((one) => !known.has(one.file.sha256 ?? ''))
  const gathering = new Gathering(ctx, { upload, report, known: [...new Set(known.values())] })
  let done = total - left.length
  try {
    await each(left, work.place.width, async (candidate) => {
      const read = await tryRead(ctx, run, work, candidate)
      if (read !== undefined) await gathering.add(read)
      done += 1
      run.progress({ done })
      if (done % BREATH === 0) await new Promise(setImmediate)
    })
  } finally {
    run.progress({ step: 'Publishing' })
    await gathering.finish()
  }
}

/** Works off many items, some at a time. After a failure nothing new is begun, and what is under way is let finish. */
async function each<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values()
  let isOver = false
  const run = async () => {
    for (const item of left) {
      if (isOver) return
      try {
        await work(item)
      } catch (error) {
        isOver = true
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: width }, run))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Undefined for a package that is bad, which is reported. */
async function tryRead(
  ctx: Context,
  { signal }: TaskRun,
  { place, destination, report }: Import,
  candidate: Candidate,
): Promise<ReadPackage | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await readCandidate(ctx, { place, candidate, destination, signal })
    } catch (error) {
      const isBad = error instanceof FormatError || (error instanceof AppError && !mayPass(error))
      if (isBad && !signal.aborted) {
        report.skip(error.message, candidate.file.path)
        return undefined
      }
      if (signal.aborted || attempt === ATTEMPTS) throw error
    }
  }
}

/** Ids by SHA-256 of those that the repository has already. */
async function knownPackages(
  ctx: Context,
  repositoryId: string,
  candidates: readonly Candidate[],
): Promise<Map<string, bigint>> {
  const wanted = candidates.flatMap(({ file }) => (file.sha256 === undefined ? [] : [file.sha256]))
  if (wanted.length === 0) return new Map()
  const rows = await ctx.db.$queryRaw<{ sha256: string; id: bigint }[]>`
    SELECT f.sha256, f.package_id AS id
    FROM unnest(${wanted}::text[]) AS wanted (sha256) JOIN apt_package_files f ON f.sha256 = wanted.sha256
    WHERE f.repository_id = ${repositoryId}::uuid`
  return new Map(rows.map(({ sha256, id }) => [sha256, id]))
}

/** Stores small files in groups while others are read, and publishes when a batch is full. */
class Gathering {
  #small = new Map<string, Buffer>()
  #smallBytes = 0
  #storing: Promise<void> = Promise.resolve()
  #packages = new Map<string, NewPackage>()
  #text = 0
  #known: readonly bigint[]

  constructor(
    private readonly ctx: Context,
    private readonly target: { upload: AptUpload; report: ImportReport; known: readonly bigint[] },
  ) {
    this.#known = target.known
  }

  async add({ package: found, small }: ReadPackage): Promise<void> {
    const key = `${found.name} ${found.version} ${found.architecture}`
    const other = this.#packages.get(key)
    if (other !== undefined) {
      if (other.files[0]?.sha256 === found.files[0]?.sha256) return
      this.target.report.skip(
        `${key} is there twice, with different bytes: ${other.files[0]?.sha256} is taken.`,
      )
      return
    }
    for (const { sha256, content } of small) {
      if (this.#small.has(sha256)) continue
      this.#small.set(sha256, content)
      this.#smallBytes += content.length
    }
    this.#packages.set(key, found)
    this.#text += found.stanza.length + (found.contents?.length ?? 0) + (found.description?.length ?? 0)
    if (this.#small.size >= GROUP || this.#smallBytes >= GROUP_BYTES) await this.#store()
    if (this.#packages.size >= BATCH || this.#text >= BATCH_TEXT) await this.#publish()
  }

  /** Publishes what is left. */
  async finish(): Promise<void> {
    await this.#publish()
  }

  /** One group is under way while the next gathers. */
  async #store(): Promise<void> {
    const group = this.#small
    this.#small = new Map()
    this.#smallBytes = 0
    const before = this.#storing
    this.#storing = before.then(() => storeNew(this.ctx, group))
    this.#storing.catch(() => undefined)
    await before
  }

  async #publish(): Promise<void> {
    const packages = [...this.#packages.values()]
    const known = this.#known
    this.#packages = new Map()
    this.#known = []
    this.#text = 0
    await this.#store()
    await this.#storing
    if (packages.length === 0 && known.length === 0) return
    const { upload, report } = this.target
    await publishBatch(this.ctx, { upload, packages, known }, report)
  }
}

/** Stores what is not stored yet. */
async function storeNew(ctx: Context, contents: ReadonlyMap<string, Buffer>): Promise<void> {
  const there = await ctx.db.$queryRaw<{ sha256: string }[]>`
    SELECT sha256 FROM blobs WHERE sha256 = ANY(${[...contents.keys()]}::text[])`
  const stored = new Set(there.map(({ sha256 }) => sha256))
  const fresh = [...contents].filter(([sha256]) => !stored.has(sha256))
  if (fresh.length > 0) await ctx.blobs.keepMany(fresh.map(([sha256, content]) => ({ sha256, content })))
}
