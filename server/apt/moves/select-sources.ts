import type { MovablePackage } from '@/server/apt/packages/read-namesakes'
import type { Db, Tx } from '@/server/db'
import { AppError } from '@/server/errors'

/** A source version as somebody names it: by the source, or by one of its binary packages. */
export interface AskedPackage {
  package: string
  version: string
}

export interface SelectedPackage extends MovablePackage {
  inFrom: boolean
  inTo: boolean
}

interface Selection {
  repositoryId: string
  packages: readonly AskedPackage[]
  /** Id of the branch that is left. */
  from: string
  /** Id of the target; null where there is none. */
  to: string | null
}

interface SourceRow {
  place: number
  source_name: string
  source_version: string
  by_source: boolean
}

/** Packages that change their branch at once: a whole distribution's point release, and no more. */
const MAX_PACKAGES = 20_000
const MAX_NAMED = 20

/**
 * Every binary package, of all architectures, and the source of the source versions that are meant, as far as they are in one
 * of the two branches.
 * @throws AppError `not_found` naming those that are in neither; `invalid` for binaries that several sources made; `too_large`.
 */
export async function selectSources(tx: Tx | Db, selection: Selection): Promise<SelectedPackage[]> {
  const sources = chooseSources(selection.packages, await readSources(tx, selection))
  const { from, to } = selection
  const rows = await tx.$queryRaw<SelectedPackage[]>`
    SELECT k.id, k.type::text AS type, k.name, k.version, k.architecture, k.source_name AS "sourceName",
      k.source_version AS "sourceVersion", bool_or(p.branch_id = ${from}::uuid) AS "inFrom",
      coalesce(bool_or(p.branch_id = ${to}::uuid), false) AS "inTo"
    FROM (SELECT DISTINCT * FROM unnest(${sources.map((row) => row.source_name)}::text[],
      ${sources.map((row) => row.source_version)}::text[]) AS given (name, version)) meant
    JOIN apt_placements p ON p.branch_id IN (${from}::uuid, ${to}::uuid) AND p.source_name = meant.name COLLATE "C"
      AND p.source_version = meant.version COLLATE "C"
    JOIN apt_packages k ON k.id = p.package_id
    GROUP BY k.id ORDER BY k.source_name, k.source_version, k.type = 'source', k.name, k.architecture
    LIMIT ${MAX_PACKAGES + 1}`
  if (rows.length <= MAX_PACKAGES) return rows
  throw new AppError('too_large', `These are more than ${MAX_PACKAGES} packages. Take fewer at once.`)
}

/** The sources by that name, and those of binary packages by that name, that either branch has. */
function readSources(tx: Tx | Db, { repositoryId, packages, from, to }: Selection): Promise<SourceRow[]> {
  return tx.$queryRaw<SourceRow[]>`
    SELECT asked.place::int AS place, found.*
    FROM unnest(${packages.map((one) => one.package)}::text[], ${packages.map((one) => one.version)}::text[])
      WITH ORDINALITY AS asked (name, version, place)
    CROSS JOIN LATERAL (
      SELECT p.source_name, p.source_version, true AS by_source FROM apt_placements p
      WHERE p.branch_id IN (${from}::uuid, ${to}::uuid) AND p.source_name = asked.name COLLATE "C"
        AND p.source_version = asked.version COLLATE "C"
      UNION
      SELECT k.source_name, k.source_version, false FROM apt_packages k
      JOIN apt_placements p ON p.package_id = k.id AND p.branch_id IN (${from}::uuid, ${to}::uuid)
      WHERE k.repository_id = ${repositoryId}::uuid AND k.name = asked.name COLLATE "C"
        AND k.version = asked.version COLLATE "C" AND k.type <> 'source') found`
}

/** A source goes before a binary package of its name. @throws AppError naming every package that there is not, or that is unclear. */
function chooseSources(packages: readonly AskedPackage[], rows: readonly SourceRow[]): SourceRow[] {
  const byPlace = new Map<number, SourceRow[]>()
  for (const row of rows) byPlace.set(row.place, [...(byPlace.get(row.place) ?? []), row])
  const absent = new Map<number, string>()
  const unclear = new Map<number, string>()
  const chosen = packages.flatMap((asked, index) => {
    const found = byPlace.get(index + 1) ?? []
    const named = `${asked.package} ${asked.version}`
    const sources = found.filter((row) => row.by_source)
    const [source, other] = sources.length > 0 ? sources : found
    if (other !== undefined) unclear.set(index, severalMade(named, found))
    if (source === undefined) absent.set(index, named)
    return source ?? []
  })
  if (absent.size + unclear.size === 0) return chosen
  throw faultOf(absent, unclear)
}

function severalMade(named: string, found: readonly SourceRow[]): string {
  const sources = found.map((row) => `${row.source_name} ${row.source_version}`).sort()
  return `Several sources made ${named} (${someOf(sources)}). Name the source that you mean.`
}

/** One error for all of them: with a sentence for whoever reads it, and the place of each for programs. */
function faultOf(absent: ReadonlyMap<number, string>, unclear: ReadonlyMap<number, string>): AppError {
  const missing = [...absent.values()]
  const sentences = [
    ...(missing.length > 0 ? [`There is no ${someOf(missing)} there.`] : []),
    ...[...unclear.values()].slice(0, MAX_NAMED),
  ]
  const faults = [
    ...[...absent].map(([at, named]) => [at, `There is no ${named} there.`] as const),
    ...unclear,
  ]
  const fields = faults
    .toSorted(([a], [b]) => a - b)
    .map(([at, message]) => ({ path: `packages.${at}`, message }))
  const code = missing.length > 0 ? 'not_found' : 'invalid'
  return new AppError(code, sentences.join(' '), { fields, detail: { absent: missing } })
}

function someOf(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''
  return `${names.slice(0, MAX_NAMED).join(', ')}${more}`
}
