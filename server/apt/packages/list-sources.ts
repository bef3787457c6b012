import { compareVersions } from '@/server/apt/format/version'
import type { SourceQuery, SourceRow } from '@/server/apt/packages/schema'
import { branchOf, type FoundRepository, findRepository } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { decodeCursor, pageOf } from '@/server/http/cursor'

interface VersionRow {
  source: string
  version: string
  branches: string[]
}

interface FactsRow {
  source: string
  summary: string
  component: string
}

/**
 * The sources of a repository by name, with their versions side by side; `q` is any part of a source's or a package's name.
 * @throws AppError `not_found`, `invalid` for a cursor that is not one.
 */
export async function listSources(
  ctx: Context,
  actor: Actor,
  { repo, q, branch, limit, cursor }: SourceQuery & { repo: string },
): Promise<{ items: SourceRow[]; nextCursor: string | null }> {
  authorise(actor, 'apt.read')
  const repository = await findRepository(ctx.db, repo)
  const after = cursor === undefined ? '' : (decodeCursor(cursor, 1)[0] ?? '')
  const branchId = branch === undefined ? undefined : branchOf(repo, repository.branches, branch).id
  const names = await findNames(ctx, { repositoryId: repository.id, branchId, q, after, limit: limit + 1 })
  const page = pageOf(names, limit, { key: (name) => [name], item: (name) => name })
  return { ...page, items: await describe(ctx, repository, page.items) }
}

interface Wanted {
  repositoryId: string
  branchId: string | undefined
  q: string | undefined
  after: string
  limit: number
}

async function findNames({ pool }: Context, wanted: Wanted): Promise<string[]> {
  const { repositoryId, branchId, q, after, limit } = wanted
  const [from, id] =
    branchId === undefined
      ? ['apt_packages WHERE repository_id = $1::uuid', repositoryId]
      : ['apt_placements WHERE branch_id = $1::uuid', branchId]
  const { rows } = await pool.query<{ source_name: string }>({
    text: `
      SELECT DISTINCT source_name FROM ${from} AND source_name > $2
        ${q ? 'AND (strpos(name, $4) > 0 OR strpos(source_name, $4) > 0)' : ''}
      ORDER BY source_name LIMIT $3`,
    values: [id, after, limit, ...(q ? [q.toLowerCase()] : [])],
  })
  return rows.map(({ source_name }) => source_name)
}

async function describe(
  { pool }: Context,
  { id, branches }: FoundRepository,
  names: readonly string[],
): Promise<SourceRow[]> {
  const versions = await pool.query<VersionRow>({
    name: 'apt-source-versions',
    text: `
      SELECT k.source_name AS source, k.source_version AS version,
        coalesce(array_agg(DISTINCT p.branch_id::text) FILTER (WHERE p.branch_id IS NOT NULL), '{}') AS branches
      FROM apt_packages k LEFT JOIN apt_placements p ON p.package_id = k.id
      WHERE k.repository_id = $1::uuid AND k.source_name = ANY($2::text[])
      GROUP BY k.source_name, k.source_version`,
    values: [id, names],
  })
  const facts = await pool.query<FactsRow>({
    name: 'apt-source-facts',
    text: `
      SELECT DISTINCT ON (source_name) source_name AS source, summary, component FROM apt_packages
      WHERE repository_id = $1::uuid AND source_name = ANY($2::text[])
      ORDER BY source_name, type = 'source', name <> source_name, id DESC`,
    values: [id, names],
  })
  const factsOf = new Map(facts.rows.map((row) => [row.source, row]))
  return names.map((source) => {
    const own = versions.rows.filter((row) => row.source === source)
    const sorted = own.toSorted((a, b) => compareVersions(b.version, a.version))
    return {
      source,
      summary: factsOf.get(source)?.summary ?? '',
      component: factsOf.get(source)?.component ?? '',
      branches: branches.map((branch) => ({
        branch: branch.name,
        versions: sorted.filter((row) => row.branches.includes(branch.id)).map(({ version }) => version),
      })),
      elsewhere: own.filter((row) => row.branches.length === 0).length,
    }
  })
}
