import type { AptBranch, AptRepository } from '@/prisma/client/client'
import type { BranchChange } from '@/server/apt/publish/branch-changes'
import { type Asked, cutRuns } from '@/server/apt/publish/cut-runs'
import { allLists, dependentLists } from '@/server/apt/publish/lists'
import { runCache } from '@/server/apt/publish/run-cache'
import { affectedRuns, type RunFacts } from '@/server/apt/publish/runs'
import { storeRuns } from '@/server/apt/publish/store-runs'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

interface ListChange {
  repository: AptRepository
  branch: AptBranch
  change: BranchChange
  /** The lists of the publication before, by name. */
  previous: ReadonlyMap<string, number | bigint>
}

/** A part of a list that is replaced. */
interface Part extends Asked {
  first: number
  end: number
}

const WHOLE = { first: 0, end: Number.POSITIVE_INFINITY, range: { from: '', until: null } }

/**
 * Brings the lists of a branch up to date.
 * @returns the id of each list that the branch has now, by name; one that stayed as it was keeps its id.
 */
export async function changeLists(
  ctx: Context,
  tx: Tx,
  { repository, branch, change, previous }: ListChange,
): Promise<Map<string, bigint>> {
  const names = allLists(repository)
  const kept = names.filter((name) => change.touched !== 'everything' && previous.has(name))
  const runs = await runCache(ctx).runsOf(kept.map((name) => BigInt(previous.get(name) as number)))
  const before = new Map(kept.map((name, index) => [name, runs[index] as RunFacts[]]))
  const touched = change.touched === 'everything' ? new Map() : touchedLists(change.touched, repository)

  const parts = names.flatMap((list): Part[] => {
    const known = before.get(list)
    if (known === undefined) return [{ list, ...WHOLE }]
    return affectedRuns(known, touched.get(list) ?? []).map((part) => ({ list, ...part }))
  })
  const cut = await cutRuns(tx, branch.id, repository, parts)
  const made = new Map<string, RunFacts[]>()
  // Parts are in order: put in from the end, none moves another's place.
  const stored = await storeRuns(ctx, repository.id, cut)
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const { list, first, end } = parts[index] as Part
    const now = made.get(list) ?? [...(before.get(list) ?? [])]
    now.splice(first, end - first, ...(stored[index] as RunFacts[]))
    made.set(list, now)
  }

  const lists = new Map(kept.map((name) => [name, BigInt(previous.get(name) as number)]))
  for (const [name, now] of made) {
    const runIds = withoutEmpty(now).map(({ id }) => id)
    const then = before.get(name)?.map(({ id }) => id)
    if (then !== undefined && isSame(then, runIds)) continue
    const { id } = await tx.aptList.create({
      data: { repositoryId: repository.id, runIds },
      select: { id: true },
    })
    runCache(ctx).keepList(id, runIds)
    lists.set(name, id)
  }
  return lists
}

/** An empty run stands only where there is nothing else. */
function withoutEmpty(runs: readonly RunFacts[]): readonly RunFacts[] {
  const filled = runs.filter(({ sizes }) => sizes.plain > 0)
  return filled.length > 0 ? filled : runs.slice(0, 1)
}

function isSame(then: readonly bigint[], now: readonly bigint[]): boolean {
  return then.length === now.length && then.every((id, index) => id === now[index])
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
