import { Prisma } from '@/server/db'
import type { FileFilter } from '@/server/mirror/file-filter'
import { type Check, checksAfter, type SearchPlan } from '@/server/mirror/search-plan'

type Sql = Prisma.Sql
const { sql, empty, join } = Prisma

/**
 * The query for the ids of one page, newest first, that starts where the plan says.
 *
 * The database is held to the plan by two means. The walk is a subquery with OFFSET 0, which is planned by itself, and
 * reads nothing that its index does not hold. What is left to check is asked in scalar subqueries, which are never turned
 * into joins (an EXISTS may be), and in a CASE, which is evaluated in this order and ends at the first that fails.
 */
export function searchIds(filter: FileFilter, plan: SearchPlan, limit: number): Sql {
  const found = sql`
    SELECT w.id FROM (${walk(plan, filter)} OFFSET 0) w WHERE ${checked(checksAfter(plan, filter), filter)}
    ORDER BY w.id DESC LIMIT ${limit}`
  const { text: _, digest, ...others } = filter
  if (digest === undefined) return found
  // A digest is so rare that its matches are taken whole.
  return sql`
    (${found}) UNION (
      SELECT w.id FROM (SELECT id FROM files WHERE sha256 LIKE ${`${digest}%`} ${before('id', filter)} OFFSET 0) w
      WHERE ${checked(checksAfter({ by: 'age' }, others), others)} ORDER BY w.id DESC LIMIT ${limit})
    ORDER BY id DESC LIMIT ${limit}`
}

function walk(plan: SearchPlan, filter: FileFilter): Sql {
  const { host, state, text } = filter
  switch (plan.by) {
    case 'team':
    case 'licence':
      return walkUses(wantedUse(filter), filter)
    case 'retired':
      return walkUses(sql`retired_at IS NOT NULL`, filter)
    case 'host':
    case 'state': {
      const wanted = [
        ...(host === undefined ? [] : [sql`host = ${host}`]),
        ...(state === undefined ? [] : [inState(state)]),
      ]
      return walkFiles(join(wanted, ' AND '), filter)
    }
    case 'age':
      return walkFiles(sql`true`, filter)
    case 'text':
      return sql`SELECT id FROM file_search WHERE ${inUri(text, host)} ${before('id', filter)} ORDER BY id DESC`
    case 'words':
      return sql`
        SELECT id FROM file_search
        WHERE ${join([...plan.words.map((word) => sql`uri LIKE ${`%${escapePattern(word)}%`}`), inUri(text, host)], ' AND ')}
          ${before('id', filter)}`
  }
}

/** The text as it stands in a LIKE pattern. */
function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function walkFiles(wanted: Sql, filter: FileFilter): Sql {
  return sql`SELECT id FROM files WHERE ${wanted} ${before('id', filter)} ORDER BY id DESC`
}

/** A team may have several uses of one file, for several projects, and uses of images, which have no file. */
function walkUses(wanted: Sql, filter: FileFilter): Sql {
  return sql`
    SELECT DISTINCT file_id AS id FROM uses
    WHERE file_id IS NOT NULL AND ${wanted} ${before('file_id', filter)} ORDER BY file_id DESC`
}

/** The conditions on a row `w`, each evaluated only where the ones before it hold. */
function checked(checks: readonly Check[], filter: FileFilter): Sql {
  const { text, host } = filter
  const conditions: Record<Check, () => Sql> = {
    text: () => sql`(SELECT ${inUri(text, host)} FROM file_search WHERE id = w.id)`,
    host: () => sql`(SELECT ${inUri(undefined, host)} FROM file_search WHERE id = w.id)`,
    state: () => sql`(SELECT ${inState(filter.state)} FROM files WHERE id = w.id)`,
    use: () => sql`(SELECT true FROM uses WHERE file_id = w.id AND ${wantedUse(filter)} LIMIT 1) IS TRUE`,
    standing: () => sql`
      (SELECT true FROM uses WHERE file_id = w.id AND retired_at IS NULL LIMIT 1)
        IS ${filter.state === 'stored' ? empty : sql`NOT`} TRUE`,
  }
  const distinct = checks.filter((check) => check !== 'host' || !checks.includes('text'))
  return distinct.reduceRight(
    (rest, check) => sql`CASE WHEN ${conditions[check]()} THEN ${rest} ELSE false END`,
    sql`true`,
  )
}

/** On a row of `file_search`: part of the URI, and its host. */
function inUri(text: string | undefined, host: string | undefined): Sql {
  const wanted: Sql[] = []
  if (text !== undefined) wanted.push(sql`strpos(uri, ${text}) > 0`)
  if (host !== undefined) {
    wanted.push(sql`(starts_with(uri, ${`https://${host}/`}) OR starts_with(uri, ${`http://${host}/`}))`)
  }
  return join(wanted, ' AND ')
}

/** On a row of `files`. Retired files are stored ones. */
function inState(state: FileFilter['state']): Sql {
  return sql`state = ${state === 'retired' ? 'stored' : state}::file_state`
}

/** On a row of `uses`. */
function wantedUse({ team, licence, state }: FileFilter): Sql {
  const wanted = [state === 'retired' ? sql`retired_at IS NOT NULL` : sql`retired_at IS NULL`]
  if (team !== undefined) wanted.push(sql`team_id = (SELECT id FROM teams WHERE slug = ${team})`)
  if (licence !== undefined) wanted.push(sql`licence = ${licence}`)
  return join(wanted, ' AND ')
}

function before(column: 'id' | 'file_id', filter: FileFilter): Sql {
  if (filter.before === undefined) return empty
  return column === 'id' ? sql`AND id < ${filter.before}::uuid` : sql`AND file_id < ${filter.before}::uuid`
}
