import { compareVersions } from '@/server/apt/format/version'
import type { SearchQuery, SearchResult } from '@/server/apt/packages/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

/** Lines of an answer; who wants more asks for less at once. */
const MOST = 1000

interface Row {
  package: string
  source: string
  version: string
  environment: string
  repository: string
  component: string
  architectures: string[]
}

const YES = new Set(['true', '1', 'yes', 'on'])

/**
 * Where packages are: by name, or with `strict` by this very name, in every repository or in one. The shape is that of dist's
 * search, in which a branch is called an environment.
 */
export async function searchPackages(ctx: Context, actor: Actor, query: SearchQuery): Promise<SearchResult> {
  authorise(actor, 'apt.read')
  const { pkg, repo, ver, env, strict = '' } = query
  const isStrict = YES.has(strict.toLowerCase())
  const name = isStrict ? pkg : pkg.toLowerCase()
  const { rows } = await ctx.pool.query<Row>({
    text: `
      SELECT k.name AS package, k.source_name AS source, k.version, b.name AS environment, r.name AS repository,
        (array_agg(k.component ORDER BY k.id))[1] AS component,
        array_agg(DISTINCT k.architecture ORDER BY k.architecture) AS architectures
      FROM apt_packages k JOIN apt_placements p ON p.package_id = k.id
      JOIN apt_branches b ON b.id = p.branch_id JOIN apt_repositories r ON r.id = k.repository_id
      WHERE k.name ${isStrict ? '= $1' : "LIKE '%' || $1 || '%'"}
        AND ($2::text IS NULL OR r.name = $2) AND ($3::text IS NULL OR k.version = $3)
        AND ($4::text IS NULL OR b.name = $4)
      GROUP BY k.name, k.source_name, k.version, b.name, b.position, r.name
      ORDER BY k.name, r.name, b.position, k.source_name, k.version LIMIT ${MOST}`,
    values: [isStrict ? name : name.replaceAll(/[\\%_]/g, '\\$&'), repo || null, ver || null, env || null],
  })
  const isSamePlace = (a: Row, b: Row) =>
    a.package === b.package && a.repository === b.repository && a.environment === b.environment
  const result = rows.toSorted((a, b) => (isSamePlace(a, b) ? compareVersions(b.version, a.version) : 0))
  return { success: true, result }
}
