import type { AptBranch } from '@/prisma/client/client'
import { formatContentsLines } from '@/server/apt/format/contents'
import { FormatError } from '@/server/apt/format/format-error'
import { READ_PATHS } from '@/server/apt/packages/queue-paths'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { readDeb } from '@/server/apt/read/read-deb'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError, toAppError } from '@/server/errors'
import { RetryLater, type TaskDefinition, type TaskRun } from '@/server/tasks/task'

/** Packages looked for at one time. */
const BATCH = 200
/** Characters that are written together. */
const BATCH_TEXT = 8 * 1024 * 1024
const ATTEMPTS = 5
const RETRY_MS = 30_000
/** Faults that are not of one package. */
const PASSING: readonly string[] = ['unavailable', 'storage_full', 'internal']

/**
 * Reads the paths in packages that came while their repository kept no Contents, and then publishes its branches with them. Its
 * subject is the repository. What was read stays, so that another run goes on where this one was cut off.
 */
export const readPathsTask: TaskDefinition = {
  kind: READ_PATHS,
  async run(ctx, run) {
    try {
      await readAll(ctx, run)
    } catch (error) {
      const { code, message } = toAppError(error)
      if (run.signal.aborted || run.attempt >= ATTEMPTS || !PASSING.includes(code)) throw error
      const at = new Date(ctx.now().getTime() + RETRY_MS * 2 ** (run.attempt - 1))
      throw new RetryLater(at, message, error)
    }
    run.progress({ step: 'Publishing' })
    await publishAll(ctx, run)
  },
}

interface Lacking {
  id: bigint
  name: string
  section: string | null
  sha256: string
  size: bigint
}

interface Read {
  id: string
  contents: string
  changelog: string | null
}

async function readAll(ctx: Context, run: TaskRun): Promise<void> {
  let done = 0
  run.progress({
    step: 'Reading packages',
    done,
    total: await countLacking(ctx, run.subjectId),
    unit: 'packages',
  })
  let rows = await findLacking(ctx, run.subjectId, 0n)
  while (rows.length > 0) {
    const read: Read[] = []
    let text = 0
    for (const row of rows) {
      run.signal.throwIfAborted()
      const found = await readOne(ctx, run, row)
      if (found !== undefined) read.push(found)
      text += found?.contents.length ?? 0
      if (text >= BATCH_TEXT) {
        await keep(ctx, read.splice(0))
        text = 0
      }
      done += 1
      run.progress({ done })
    }
    await keep(ctx, read)
    rows = await findLacking(ctx, run.subjectId, rows.at(-1)?.id ?? 0n)
  }
}

async function countLacking(ctx: Context, repositoryId: string): Promise<number> {
  return ctx.db.aptPackage.count({ where: { repositoryId, contents: null, type: { not: 'source' } } })
}

/** In the order of their ids, after one of them; none of a repository that keeps no Contents any more. */
function findLacking({ db }: Context, repositoryId: string, after: bigint): Promise<Lacking[]> {
  return db.$queryRaw<Lacking[]>`
    SELECT k.id, k.name, k.section, f.sha256, f.size
    FROM apt_packages k JOIN apt_package_files f ON f.package_id = k.id
    WHERE k.repository_id = ${repositoryId}::uuid AND k.contents IS NULL AND k.type <> 'source' AND k.id > ${after}
      AND EXISTS (SELECT FROM apt_repositories WHERE id = k.repository_id AND contents)
    ORDER BY k.id LIMIT ${BATCH}`
}

/** Undefined for one that cannot be read, which is logged: the others are read. */
async function readOne(ctx: Context, run: TaskRun, { id, name, section, sha256, size }: Lacking) {
  try {
    const source = ctx.blobs.source(sha256)
    const deb = await readDeb(source, Number(size), { wantPaths: true, fallback: 'latin1' })
    const contents = formatContentsLines({ name, section, paths: deb.paths ?? [] })
    return { id: String(id), contents, changelog: deb.changelog }
  } catch (error) {
    const isBad = error instanceof FormatError || (error instanceof AppError && !PASSING.includes(error.code))
    if (!isBad) throw error
    await run.log(`${name}, SHA-256 ${sha256}: ${error.message}`, 'warn')
    return undefined
  }
}

async function keep(ctx: Context, read: readonly Read[]): Promise<void> {
  if (read.length === 0) return
  await ctx.db.$executeRaw`
    UPDATE apt_packages k SET contents = given.contents, changelog = coalesce(k.changelog, given.changelog)
    FROM jsonb_to_recordset(${JSON.stringify(read)}::jsonb) AS given (id bigint, contents text, changelog text)
    WHERE k.id = given.id`
}

/** Every branch on its own, so that none waits for the others. Indexes are made anew from what is in the branch. */
async function publishAll(ctx: Context, { subjectId: repositoryId, signal }: TaskRun): Promise<void> {
  const branches = await ctx.db.aptBranch.findMany({
    where: { repositoryId, publicationId: { not: null } },
    orderBy: { position: 'asc' },
  })
  for (const { name } of branches) {
    signal.throwIfAborted()
    const request = { repositoryId, branches: [name], actor: system, cause: 'settings' as const }
    await changeBranches(ctx, request, async (_tx, { repository, branches: locked, changes }) => {
      if (repository.contents) changes.touchAll((locked.get(name) as AptBranch).id)
      return { result: undefined }
    })
  }
}
