import type { AptBranch } from '@/prisma/client/client'
import { compareVersions } from '@/server/apt/format/version'
import { findProblems } from '@/server/apt/moves/find-problems'
import { type MoveItem, planPackage, turnsOf } from '@/server/apt/moves/move-items'
import type { MovePlan, PlanProblem } from '@/server/apt/moves/schema'
import { type SelectedPackage, selectSources } from '@/server/apt/moves/select-sources'
import { type MovablePackage, readNamesakes } from '@/server/apt/packages/read-namesakes'
import { supersededBy } from '@/server/apt/packages/superseded'
import type { Db, Tx } from '@/server/db'

interface Planning {
  from: AptBranch
  to: AptBranch
  packages: readonly { package: string; version: string }[]
  copy: boolean
  /** Whether dependencies are looked at: what a rehearsal is for, and what a move need not wait for. */
  withProblems?: boolean
}

interface PlannedMove {
  plan: MovePlan
  /** What would be done; empty where everything is there already. */
  items: MoveItem[]
  /** Packages that come to the target. */
  enters: bigint[]
}

/**
 * What a move would do, and what it would break. Changes nothing.
 * @throws AppError as `selectSources`.
 */
export async function planMove(tx: Tx | Db, planning: Planning): Promise<PlannedMove> {
  const { from, to, packages, copy, withProblems = false } = planning
  const { repositoryId } = from
  const selected = await selectSources(tx, { repositoryId, packages, from: from.id, to: to.id })
  const moving = selected.filter(({ inFrom, inTo }) => inFrom && !(copy && inTo))
  const entering = moving.filter(({ inTo }) => !inTo)
  const names = entering.map(({ name }) => name)
  const namesakes = withoutThese(names.length === 0 ? [] : await readNamesakes(tx, to, names), selected)
  const replaced = entering.length === 0 ? [] : supersededBy(selected, namesakes, to.keepVersions)
  const items = [
    ...moving.map((one) => itemOf(one, { from, to, copy })),
    ...replaced
      .filter(({ leaves }) => leaves)
      .map((one): MoveItem => ({ package: one.package, from: to.name, to: null })),
  ]
  const problems = downgrades(entering, namesakes, to.name)
  if (withProblems) {
    for (const turn of turnsOf(items, [from, to])) problems.push(...(await findProblems(tx, turn)))
  }
  const plan: MovePlan = {
    moves: moving.map(planPackage),
    already: selected.filter(({ inTo }) => inTo).map(planPackage),
    replaces: replaced.map(({ package: old, leaves }) => ({ ...planPackage(old), leaves })),
    problems,
    needsApproval: to.approvalRequired && entering.length > 0,
  }
  return { plan, items, enters: entering.map(({ id }) => id) }
}

function itemOf(one: SelectedPackage, { from, to, copy }: Pick<Planning, 'from' | 'to' | 'copy'>): MoveItem {
  return { package: one, from: copy ? null : from.name, to: one.inTo ? null : to.name }
}

function withoutThese(all: readonly MovablePackage[], some: readonly MovablePackage[]): MovablePackage[] {
  const ids = new Set(some.map(({ id }) => id))
  return all.filter(({ id }) => !ids.has(id))
}

/** Packages of which the target has a newer version, so that nobody would be given these. */
function downgrades(
  entering: readonly MovablePackage[],
  present: readonly MovablePackage[],
  branch: string,
): PlanProblem[] {
  const byName = new Map<string, MovablePackage[]>()
  for (const one of present) byName.set(one.name, [...(byName.get(one.name) ?? []), one])
  return entering.flatMap((one): PlanProblem[] => {
    const newest = (byName.get(one.name) ?? [])
      .filter(({ architecture }) => architecture === one.architecture || isForAll(architecture, one))
      .filter(({ version }) => compareVersions(version, one.version) > 0)
      .reduce<string | undefined>((best, { version }) => newerOf(best, version), undefined)
    if (newest === undefined) return []
    const who = `${one.name} ${one.version} (${one.architecture})`
    const message = `${branch} has ${one.name} ${newest}, which is newer than ${one.version}: clients keep to that one.`
    return [{ kind: 'downgrade', branch, package: who, relation: null, message }]
  })
}

function isForAll(architecture: string, one: MovablePackage): boolean {
  return architecture === 'all' && one.type !== 'source'
}

function newerOf(best: string | undefined, version: string): string {
  return best === undefined || compareVersions(version, best) > 0 ? version : best
}
