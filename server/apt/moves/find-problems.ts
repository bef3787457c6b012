import type { AptBranch } from '@/prisma/client/client'
import {
  type Dependency,
  dependenciesOf,
  isSatisfied,
  type Provider,
  providesOf,
} from '@/server/apt/moves/dependencies'
import type { PlanProblem } from '@/server/apt/moves/schema'
import type { Db, Tx } from '@/server/db'

/** What a branch gains and loses. Ids of packages. */
export interface BranchTurn {
  branch: Pick<AptBranch, 'id' | 'name' | 'repositoryId'>
  enters: readonly bigint[]
  leaves: readonly bigint[]
}

interface DependantRow {
  id: bigint
  type: string
  name: string
  version: string
  architecture: string
  stanza: string
}

interface Need {
  dependant: DependantRow
  dependency: Dependency
  /** It comes to the branch; otherwise it was there before. */
  enters: boolean
}

interface ProviderRow {
  id: bigint
  type: string
  name: string
  version: string
  architecture: string
  multi_arch: string | null
  provides: string[]
  /** Where it provides anything: versions of what it provides are there alone. */
  stanza: string | null
  present: boolean
}

/** Packages that need what leaves, of which dependencies are looked at. */
const MAX_DEPENDANTS = 5_000
const MAX_PROBLEMS = 500

/**
 * The dependencies that a change of a branch would leave unsatisfied: of what enters, all; of what stays, those that hold now.
 * What no package of the repository is called, and none provides, comes from elsewhere and is no problem.
 */
export async function findProblems(
  tx: Tx | Db,
  { branch, enters, leaves }: BranchTurn,
): Promise<PlanProblem[]> {
  const needs = [
    ...needsOf(await readPackages(tx, enters)),
    ...(await needsOfOthers(tx, branch, { enters, leaves })),
  ]
  const names = [
    ...new Set(needs.flatMap(({ dependency }) => dependency.alternatives.map(({ name }) => name))),
  ]
  if (names.length === 0) return []
  const own = await readOwnNames(tx, branch.repositoryId, names)
  const providers = await readProviders(tx, branch, own, enters)
  const leaving = new Set(leaves)
  const entering = new Set(enters)
  const before = byProvidedName(providers.filter(({ present }) => present))
  const after = byProvidedName(
    providers.filter(({ id, present }) => (present && !leaving.has(id)) || entering.has(id)),
  )
  const found = needs.flatMap(({ dependant, dependency, enters: isNew }): PlanProblem[] => {
    if (dependency.alternatives.some(({ name }) => !own.has(name))) return []
    const who = { architecture: dependant.architecture, isUdeb: dependant.type === 'udeb' }
    if (isSatisfied(dependency, who, after)) return []
    if (!isNew && !isSatisfied(dependency, who, before)) return []
    return [problemOf(branch.name, dependant, dependency, isNew)]
  })
  return found.slice(0, MAX_PROBLEMS)
}

function problemOf(
  branch: string,
  dependant: DependantRow,
  { text }: Dependency,
  isNew: boolean,
): PlanProblem {
  const who = `${dependant.name} ${dependant.version} (${dependant.architecture})`
  const message = isNew
    ? `${who} needs “${text}”, which no package of ${branch} satisfies.`
    : `${who} in ${branch} needs “${text}”, which no package there would satisfy any more.`
  return { kind: isNew ? 'unsatisfied' : 'last_provider', branch, package: who, relation: text, message }
}

function needsOf(rows: readonly DependantRow[]): Need[] {
  return rows.flatMap((dependant) =>
    dependenciesOf(dependant.stanza).map((dependency) => ({ dependant, dependency, enters: true })),
  )
}

/** The dependencies of packages that stay, as far as they name something that leaves. */
async function needsOfOthers(
  tx: Tx | Db,
  branch: BranchTurn['branch'],
  { enters, leaves }: Pick<BranchTurn, 'enters' | 'leaves'>,
): Promise<Need[]> {
  if (leaves.length === 0) return []
  const lost = await tx.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT unnest(array_append(k.provides, k.name)) AS name FROM apt_packages k
    WHERE k.id = ANY(${leaves.map(String)}::bigint[]) AND k.type <> 'source'`
  const names = new Set(lost.map(({ name }) => name))
  const rows = await tx.$queryRaw<DependantRow[]>`
    SELECT k.id, k.type::text AS type, k.name, k.version, k.architecture, k.stanza FROM apt_packages k
    WHERE k.repository_id = ${branch.repositoryId}::uuid AND k.depends_on && ${[...names]}::text[]
      AND EXISTS (SELECT FROM apt_placements p WHERE p.branch_id = ${branch.id}::uuid AND p.package_id = k.id)
      AND k.id <> ALL(${[...leaves, ...enters].map(String)}::bigint[])
    ORDER BY k.id LIMIT ${MAX_DEPENDANTS}`
  return rows.flatMap((dependant) =>
    dependenciesOf(dependant.stanza)
      .filter(({ alternatives }) => alternatives.some(({ name }) => names.has(name)))
      .map((dependency) => ({ dependant, dependency, enters: false })),
  )
}

function readPackages(tx: Tx | Db, ids: readonly bigint[]): Promise<DependantRow[]> {
  return tx.$queryRaw<DependantRow[]>`
    SELECT k.id, k.type::text AS type, k.name, k.version, k.architecture, k.stanza FROM apt_packages k
    WHERE k.id = ANY(${ids.map(String)}::bigint[]) AND k.type <> 'source' AND k.depends_on <> '{}' ORDER BY k.id`
}

/** Those of the names that packages of the repository have or provide, wherever these are. */
async function readOwnNames(
  tx: Tx | Db,
  repositoryId: string,
  names: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    SELECT k.name FROM apt_packages k JOIN unnest(${names}::text[]) AS meant (name)
      ON k.repository_id = ${repositoryId}::uuid AND k.name = meant.name COLLATE "C"
    WHERE k.type <> 'source'
    UNION
    SELECT unnest(k.provides) FROM apt_packages k
    WHERE k.provides && ${names}::text[] AND k.repository_id = ${repositoryId}::uuid`
  const asked = new Set(names)
  return new Set(rows.map(({ name }) => name).filter((name) => asked.has(name)))
}

/** What has or provides one of the names, in the branch or about to enter it. */
async function readProviders(
  tx: Tx | Db,
  branch: BranchTurn['branch'],
  names: ReadonlySet<string>,
  enters: readonly bigint[],
): Promise<(Provider & { present: boolean })[]> {
  const rows = await tx.$queryRaw<ProviderRow[]>`
    SELECT * FROM (
      SELECT k.id, k.type::text AS type, k.name, k.version, k.architecture, k.provides,
        substring(k.stanza FROM '(?in)^Multi-Arch:[ \t]*([a-z]+)') AS multi_arch,
        CASE WHEN k.provides <> '{}' THEN k.stanza END AS stanza,
        EXISTS (SELECT FROM apt_placements p WHERE p.branch_id = ${branch.id}::uuid AND p.package_id = k.id) AS present
      FROM (
        SELECT k.id FROM apt_packages k JOIN unnest(${[...names]}::text[]) AS meant (name)
          ON k.repository_id = ${branch.repositoryId}::uuid AND k.name = meant.name COLLATE "C"
        UNION
        SELECT k.id FROM apt_packages k
        WHERE k.provides && ${[...names]}::text[] AND k.repository_id = ${branch.repositoryId}::uuid
      ) named JOIN apt_packages k ON k.id = named.id
      WHERE k.type <> 'source') found
    WHERE present OR id = ANY(${enters.map(String)}::bigint[])`
  return rows.map(({ id, type, multi_arch, provides, stanza, ...row }) => ({
    ...row,
    id,
    isUdeb: type === 'udeb',
    ...(multi_arch !== null && { multiArch: multi_arch }),
    provides: provides.length === 0 || stanza === null ? [] : providesOf(stanza),
  }))
}

function byProvidedName(providers: readonly Provider[]): (name: string) => readonly Provider[] {
  const byName = new Map<string, Provider[]>()
  for (const provider of providers) {
    for (const name of new Set([provider.name, ...(provider.provides ?? []).map((one) => one.name)])) {
      const known = byName.get(name)
      if (known === undefined) byName.set(name, [provider])
      else known.push(provider)
    }
  }
  return (name) => byName.get(name) ?? []
}
