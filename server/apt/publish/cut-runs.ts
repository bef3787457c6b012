import { baseLists, type IndexLayout, type ListKind, listKind } from '@/server/apt/publish/lists'
import type { NameRange } from '@/server/apt/publish/runs'
import { Prisma, type Tx } from '@/server/db'

/** Part of a list that is made anew from what is in the branch. */
export interface Asked {
  list: string
  range: NameRange
}

interface Cutting {
  /** The parts are single runs: where they are cut was looked up before. */
  areRuns: boolean
}

/** A run as it is cut, before it is compressed. */
export interface CutRun {
  firstName: string
  text: string
  packageIds: bigint[]
}

interface Row {
  place: bigint
  first_name: string
  text: string
  package_ids: bigint[] | null
}

/**
 * Reads parts of lists and cuts them into runs. Where is decided by the names alone: about every eightieth one opens a run, so
 * that the same packages make the same runs whatever happened before, and a change moves only the cut beside it.
 * @returns the runs of each part, in the order asked.
 */
export async function cutRuns(
  tx: Tx,
  branchId: string,
  layout: IndexLayout,
  asked: readonly Asked[],
  cutting: Cutting,
): Promise<CutRun[][]> {
  const found = asked.map((): CutRun[] => [])
  for (const kind of ['stanzas', 'translation', 'contents'] as const) {
    const parts = asked.flatMap((one, place) => (listKind(one.list) === kind ? [{ ...one, place }] : []))
    if (parts.length === 0) continue
    const rows = await readParts(tx, branchId, layout, kind, parts, cutting)
    for (const { place, first_name, text, package_ids } of rows) {
      found[Number(place)]?.push({ firstName: first_name, text, packageIds: package_ids ?? [] })
    }
  }
  return found
}

/** Whether a name opens a run: by itself, whatever stands before it. One in eighty does. */
const OPENS = Prisma.sql`substring(sha256(convert_to(name, 'UTF8')) FROM 1 FOR 2) < '\\x0333'::bytea`
/** After every name (policy 5.6.7). */
const LAST = '\u007f'

/** What one entry of each kind is, of a package `k`. Stanzas are parted by an empty line, lines of Contents are not. */
const ENTRY: Record<ListKind, Prisma.Sql> = {
  stanzas: Prisma.sql`k.stanza || E'\n'`,
  translation: Prisma.sql`'Package: ' || k.name || E'\nDescription-md5: ' || k.description_md5 || E'\nDescription-en: '
    || k.summary || coalesce(E'\n' || k.description, '') || E'\n\n'`,
  contents: Prisma.sql`k.contents`,
}

const HAS_ENTRY: Record<ListKind, Prisma.Sql> = {
  stanzas: Prisma.sql`true`,
  translation: Prisma.sql`k.description_md5 IS NOT NULL`,
  contents: Prisma.sql`k.contents <> ''`,
}

/**
 * Lets the rest of the transaction sort large parts in memory, and not keep what it reads once. 32 MB hold what is cut at a time
 * of a list that is made anew.
 */
export async function expectLargeParts(tx: Tx): Promise<void> {
  await tx.$executeRaw`
    SELECT set_config('work_mem', '32MB', true), set_config('enable_memoize', 'off', true)`
}

/** The ranges of names of all runs that make up a list. */
export async function rangesOf(
  tx: Tx,
  branchId: string,
  layout: IndexLayout,
  list: string,
): Promise<NameRange[]> {
  const kind = listKind(list)
  const entries =
    kind === 'stanzas'
      ? Prisma.empty
      : Prisma.sql`JOIN apt_packages k ON k.id = p.package_id AND ${HAS_ENTRY[kind]}`
  const rows = await tx.$queryRaw<{ name: string }[]>`
    SELECT name FROM (
      SELECT DISTINCT p.name FROM apt_placements p ${entries}
      WHERE p.branch_id = ${branchId}::uuid AND p.list = ANY(${baseLists(list, layout)}::text[])) AS named
    WHERE ${OPENS} ORDER BY name`
  const edges = rows.map(({ name }) => name)
  return ['', ...edges].map((from, index) => ({ from, until: edges[index] ?? null }))
}

const AS_ASKED = Prisma.sql`SELECT *, 0 AS run FROM entries`
const AT_OPENINGS = Prisma.sql`
  SELECT *, sum(opens) OVER (PARTITION BY place ORDER BY name, version, id) AS run FROM (
    SELECT *, CASE WHEN ${OPENS}
      AND lag(name) OVER (PARTITION BY place ORDER BY name, version, id) IS DISTINCT FROM name THEN 1 ELSE 0 END AS opens
    FROM entries) AS opening`

function readParts(
  tx: Tx,
  branchId: string,
  layout: IndexLayout,
  kind: ListKind,
  parts: readonly (Asked & { place: number })[],
  { areRuns }: Cutting,
): Promise<Row[]> {
  const bases = parts.flatMap((part) => baseLists(part.list, layout).map((base) => ({ ...part, base })))
  // One description is told once, however many architectures have it.
  const entries =
    kind === 'translation'
      ? Prisma.sql`
          SELECT DISTINCT ON (place, name, version, text) place, name, NULL::bigint AS id, '' AS version, text
          FROM (SELECT place, name, '' AS version, text FROM placed) AS every
          ORDER BY place, name, version, text`
      : Prisma.sql`SELECT place, name, id, version, text FROM placed`
  const ids =
    kind === 'stanzas' ? Prisma.sql`array_agg(id ORDER BY name, version, id)` : Prisma.sql`NULL::bigint[]`
  return tx.$queryRaw<Row[]>`
    WITH asked AS (
      SELECT * FROM unnest(
        ${bases.map(({ place }) => place)}::int[], ${bases.map(({ base }) => base)}::text[],
        ${bases.map(({ range }) => range.from)}::text[], ${bases.map(({ range }) => range.until ?? LAST)}::text[]
      ) AS given (place, list, from_name, until_name)
    ), placed AS (
      SELECT a.place, p.name, k.id, k.version, ${ENTRY[kind]} AS text
      FROM asked a
      -- One by one, by their indexes: what is guessed of ranges of names makes scans of whole branches look as cheap.
      CROSS JOIN LATERAL (
        SELECT name, package_id FROM apt_placements
        WHERE branch_id = ${branchId}::uuid AND list = a.list COLLATE "C"
          AND name >= a.from_name COLLATE "C" AND name < a.until_name COLLATE "C" OFFSET 0) p
      CROSS JOIN LATERAL (SELECT * FROM apt_packages WHERE id = p.package_id LIMIT 1) k
      WHERE ${HAS_ENTRY[kind]}
    ), entries AS (${entries}
    ), cut AS (${areRuns ? AS_ASKED : AT_OPENINGS})
    SELECT cut.place::bigint AS place, min(name) AS first_name,
      string_agg(text, '' ORDER BY name, version, id${kind === 'translation' ? Prisma.sql`, text` : Prisma.empty}) AS text,
      ${ids} AS package_ids
    FROM cut GROUP BY cut.place, run ORDER BY cut.place, run`
}
