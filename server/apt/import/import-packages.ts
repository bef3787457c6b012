import type { AptUpload } from '@/prisma/client/client'
import { FormatError } from '@/server/apt/format/format-error'
import type { Candidate } from '@/server/apt/import/candidate'
import type { ImportPlace } from '@/server/apt/import/import-place'
import type { ImportReport } from '@/server/apt/import/import-report'
import { placeImported } from '@/server/apt/import/place-imported'
import { type ReadPackage, readCandidate } from '@/server/apt/import/read-candidate'
import { storeBatch } from '@/server/apt/import/store-batch'
import type { Destination } from '@/server/apt/packages/describe-deb'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { textOf } from '@/server/apt/packages/store-packages'
import { holdBlobs } from '@/server/blobs/store'
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

/** Packages stored at one time, while the next ones are read. */
const BATCH = 2000
/** Characters that a batch holds in memory; contents of large packages are long. */
const BATCH_TEXT = 16 * 1024 * 1024
/** Small files are stored so many at a time, while the next ones are read. */
const GROUP = 2048
const GROUP_BYTES = 16 * 1024 * 1024
/** Candidates that are looked for in the repository at one time. */
const LOOKED_UP = 5000
/** Packages after which other work gets its turn. */
const BREATH = 16
const ATTEMPTS = 3

/**
 * Reads and stores packages of another repository, some at a time, and publishes all of them at the end. Those that the
 * repository has are not read again, so that an import which broke off goes on where it was. One that is bad is reported, and the
 * others come.
 * @throws faults of the place that may pass; what was read until then is published.
 */
export async function importPackages(ctx: Context, run: TaskRun, work: Import): Promise<void> {
  const { candidates, upload, report } = work
  const total = candidates.length
  run.progress({ step: 'Reading packages', done: 0, total, unit: 'packages' })
  const { ids, left } = await partKnown(ctx, upload.repositoryId, candidates)
  const gathering = new Gathering(ctx, { upload, report, known: ids })
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

interface Known {
  /** Of packages that the repository has already. */
  ids: bigint[]
  left: Candidate[]
}

/** Tells what the repository has by its SHA-256 from what is to be read. */
async function partKnown(
  ctx: Context,
  repositoryId: string,
  candidates: readonly Candidate[],
): Promise<Known> {
  const ids = new Set<bigint>()
  const left: Candidate[] = []
  for (let start = 0; start < candidates.length; start += LOOKED_UP) {
    const part = candidates.slice(start, start + LOOKED_UP)
    const wanted = part.flatMap(({ file }) => (file.sha256 === undefined ? [] : [file.sha256]))
    const rows = await ctx.db.$queryRaw<{ sha256: string; id: bigint }[]>`
      SELECT f.sha256, f.package_id AS id
      FROM unnest(${wanted}::text[]) AS wanted (sha256) JOIN apt_package_files f ON f.sha256 = wanted.sha256
      WHERE f.repository_id = ${repositoryId}::uuid`
    const known = new Map(rows.map(({ sha256, id }) => [sha256, id]))
    for (const id of known.values()) ids.add(id)
    left.push(...part.filter(({ file }) => !known.has(file.sha256 ?? '')))
  }
  return { ids: [...ids], left }
}

/** Stores files and packages in groups while others are read, and publishes them at the end. */
class Gathering {
  #small = new Map<string, Buffer>()
  #smallBytes = 0
  #packages: NewPackage[] = []
  #text = 0
  /** What is being stored: one group while the next gathers. Whoever reads faster than that waits. */
  #storing: Promise<void> = Promise.resolve()
  #groups = 0
  /** SHA-256 of the package of each name, version and architecture that came. */
  readonly #taken = new Map<string, string>()
  readonly #ids: bigint[]

  constructor(
    private readonly ctx: Context,
    private readonly target: { upload: AptUpload; report: ImportReport; known: readonly bigint[] },
  ) {
    this.#ids = [...target.known]
  }

  async add({ package: found, small }: ReadPackage): Promise<void> {
    while (this.#groups > 1) await this.#storing
    // A text of its own: parts of the control file would keep the whole of it in memory.
    const key = Buffer.from(`${found.name} ${found.version} ${found.architecture}`).toString()
    const own = found.files[0]?.sha256 ?? ''
    const other = this.#taken.get(key)
    if (other !== undefined) {
      if (other === own) return
      this.target.report.skip(`${key} is there twice, with different bytes: ${other} is taken.`)
      return
    }
    this.#taken.set(key, own)
    for (const { sha256, content } of small) {
      if (this.#small.has(sha256)) continue
      this.#small.set(sha256, content)
      this.#smallBytes += content.length
    }
    this.#packages.push(found)
    this.#text += textOf(found)
    const isFull = this.#packages.length >= BATCH || this.#text >= BATCH_TEXT
    if (isFull || this.#small.size >= GROUP || this.#smallBytes >= GROUP_BYTES) this.#store()
  }

  /** Stores what is left, and publishes all. */
  async finish(): Promise<void> {
    this.#store()
    await this.#storing
    const { upload, report } = this.target
    if (this.#ids.length > 0) await placeImported(this.ctx, { upload, ids: this.#ids }, report)
  }

  /** Bytes first, then the rows that name them; the order is that of gathering. */
  #store(): void {
    const [files, packages] = [this.#small, this.#packages]
    this.#small = new Map()
    this.#smallBytes = 0
    this.#packages = []
    this.#text = 0
    this.#groups += 1
    this.#storing = this.#storing.then(() => this.#storeGroup(files, packages))
    this.#storing.catch(() => undefined)
  }

  async #storeGroup(files: ReadonlyMap<string, Buffer>, packages: readonly NewPackage[]): Promise<void> {
    await storeNew(this.ctx, files)
    if (packages.length > 0) {
      const { upload, report } = this.target
      this.#ids.push(...(await storeBatch(this.ctx, { upload, packages }, report)))
    }
    this.#groups -= 1
  }
}

/** Stores what is not stored yet. */
async function storeNew(ctx: Context, contents: ReadonlyMap<string, Buffer>): Promise<void> {
  await holdBlobs(ctx.db, [...contents.keys()])
  const there = await ctx.db.$queryRaw<{ sha256: string }[]>`
    SELECT sha256 FROM blobs WHERE sha256 = ANY(${[...contents.keys()]}::text[])`
  const stored = new Set(there.map(({ sha256 }) => sha256))
  const fresh = [...contents].filter(([sha256]) => !stored.has(sha256))
  if (fresh.length > 0) await ctx.blobs.keepMany(fresh.map(([sha256, content]) => ({ sha256, content })))
}
