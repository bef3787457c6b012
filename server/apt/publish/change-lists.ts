import type { AptBranch, AptRepository } from '@/prisma/client/client'
import type { BranchChange } from '@/server/apt/publish/branch-changes'
import { type Asked, cutRuns, expectLargeParts, rangesOf } from '@/server/apt/publish/cut-runs'
import { allLists, baseLists, dependentLists } from '@/server/apt/publish/lists'
import { runCache } from '@/server/apt/publish/run-cache'
import { affectedRuns, joinRuns, type RunFacts } from '@/server/apt/publish/runs'
import { storeRuns } from '@/server/apt/publish/store-runs'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

interface ListChange {
  repository: AptRepository
  branch: AptBranch
  change: BranchChange
  /** The lists of the publication before, by name. */
  previous: ReadonlyMap<string, number | bigint>
  /** Told of each list that was made anew, while its runs are in memory. */
  made(list: string, runs: readonly RunFacts[]): Promise<void>
}

/** A part of a list that is replaced: the runs from `first` up to before `end`. */
interface Part extends Asked {
  first: number
  end: number
}

/** Runs read and compressed at one time: what bounds the memory of a branch that is made anew. */
const RUNS_AT_ONCE = 64
/** While one is compressed, the database cuts another and stores a third. */
const BATCHES_AT_ONCE = 3

/**
 * Brings the lists of a branch up to date.
 * @returns the id of each list that the branch has now, by name; one that stayed as it was keeps its id.
 */
export async function changeLists(
  ctx: Context,
  tx: Tx,
  { repository, branch, change, previous, made }: ListChange,
): Promise<Map<string, bigint>> {
  const names = allLists(repository)
  const kept = names.filter((name) => change.touched !== 'everything' && previous.has(name))
  const runs = await runCache(ctx).runsOf(kept.map((name) => BigInt(previous.get(name) as number)))
  const before = new Map(kept.map((name, index) => [name, runs[index] as RunFacts[]]))
  const touched = change.touched === 'everything' ? new Map() : touchedLists(change.touched, repository)

  const lists = new Map(kept.map((name) => [name, BigInt(previous.get(name) as number)]))
  const keep = async (named: readonly string[], runIds: readonly bigint[]) => {
    const data = { repositoryId: repository.id, runIds: [...runIds] }
    const { id } = await tx.aptList.create({ data, select: { id: true } })
    runCache(ctx).keepList(id, runIds)
    for (const name of named) lists.set(name, id)
  }

  const parts = kept.flatMap((list): Part[] =>
    affectedRuns(before.get(list) ?? [], touched.get(list) ?? []).map((part) => ({ list, ...part })),
  )
  const changed = await makeParts(ctx, tx, { repository, branch, parts, areRuns: false })
  for (const name of new Set(parts.map(({ list }) => list))) {
    const known = before.get(name) ?? []
    const now = joined(
      known,
      changed.filter(({ part }) => part.list === name),
    )
    const runIds = joinRuns([now]).map(({ id }) => id)
    if (!isSame(known, runIds)) await keep([name], runIds)
  }

  const added = names.filter((name) => !before.has(name))
  const filled = added.length === 0 ? new Set() : await filledLists(tx, branch.id)
  const isEmpty = (list: string) => !baseLists(list, repository).some((base) => filled.has(base))
  // Many architectures and components make hundreds of lists, most of them empty: all these are one.
  const empty = added.filter(isEmpty)
  if (empty.length > 0) {
    const [runs = []] = await storeRuns(ctx, repository.id, [[]])
    await keep(
      empty,
      runs.map(({ id }) => id),
    )
  }
  const anew = added.filter((list) => !isEmpty(list))
  if (anew.length > 0) await expectLargeParts(tx)
  for (const list of anew) {
    const ranges = await rangesOf(tx, branch.id, repository, list)
    const whole = ranges.map((range) => ({ list, first: 0, end: 0, range }))
    const areRuns = true
    const now = joinRuns([
      joined([], await makeParts(ctx, tx, { repository, branch, parts: whole, areRuns })),
    ])
    await made(list, now)
    await keep(
      [list],
      now.map(({ id }) => id),
    )
  }
  return lists
}

async function filledLists(tx: Tx, branchId: string): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ list: string }[]>`
    SELECT DISTINCT list FROM apt_placements WHERE branch_id = ${branchId}::uuid`
  return new Set(rows.map(({ list }) => list))
}

interface Made {
  part: Part
  runs: readonly RunFacts[]
}

/** Makes the parts, some at a time, so that a whole branch is never in memory. */
async function makeParts(
  ctx: Context,
  tx: Tx,
  {
    repository,
    branch,
    parts,
    areRuns,
  }: Pick<ListChange, 'repository' | 'branch'> & { parts: readonly Part[]; areRuns: boolean },
): Promise<Made[]> {
  const batches = batchesOf(parts)
  const made: Made[][] = []
  const left = batches.entries()
  const work = async () => {
    for (const [place, batch] of left) {
      const runs = await cutRuns(tx, branch.id, repository, batch, { areRuns })
      const stored = await storeRuns(ctx, repository.id, runs)
      made[place] = batch.map((part, index) => ({ part, runs: stored[index] as RunFacts[] }))
    }
  }
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, work))
  return made.flat()
}

function batchesOf(parts: readonly Part[]): Part[][] {
  const batches: Part[][] = []
  let runs = RUNS_AT_ONCE
  for (const part of parts) {
    if (runs >= RUNS_AT_ONCE) {
      batches.push([])
      runs = 0
    }
    batches.at(-1)?.push(part)
    runs += Math.max(1, part.end - part.first)
  }
  return batches
}

/** The runs of a list with its parts in their places. */
function joined(known: readonly RunFacts[], made: readonly Made[]): RunFacts[] {
  const now: RunFacts[] = []
  let taken = 0
  for (const { part, runs } of made) {
    now.push(...known.slice(taken, part.first), ...runs)
    taken = part.end
  }
  return [...now, ...known.slice(taken)]
}

function isSame(then: readonly RunFacts[], now: readonly bigint[]): boolean {
  return then.length === now.length && then.every(({ id }, index) => id === now[index])
}

/** Names that changed, by every list that says something about them. */
function touchedLists(
  touched: ReadonlyMap<string, ReadonlySet<string>>,
  repository: AptRepository,
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const [list, names] of touched) {
    for (const dependent of dependentLists(list, repository)) {
      const known = found.get(dependent)
      if (known === undefined) found.set(dependent, new Set(names))
      else for (const name of names) known.add(name)
    }
  }
  return found
}
