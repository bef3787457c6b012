import type { Context } from '@/server/context'
import type { Caller } from '@/server/oci/access/caller'
import type { NodeAccess } from '@/server/oci/access/decide-node'
import type { PageQuery } from '@/server/oci/page'
import type { Cluster } from '@/server/storage/clusters'

export interface RepositoryPage {
  repositories: string[]
  more: boolean
}

/** Names that are asked about at once: few look-ups for many names, and few too many for a short page. */
const STEP = 100

/**
 * The repositories of a cluster that the caller may read, in the order of their bytes. Goes on through the ones that he may
 * not until the page is full.
 */
export async function listRepositories(
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  access: Pick<NodeAccess, 'decide'>,
  { last, limit }: PageQuery,
): Promise<RepositoryPage> {
  if (limit === 0) return { repositories: [], more: false }
  // The catalog has a grant of its own; which names are in it is a matter of the rules.
  const person: Caller = { ...caller, grants: 'all' }
  const repositories: string[] = []
  for (let after = last; ; ) {
    const names = await namesAfter(ctx, cluster, after)
    const decisions = await Promise.all(names.map((name) => access.decide(cluster, person, 'read', name)))
    for (const [at, name] of names.entries()) {
      if (!decisions[at]?.allowed) continue
      if (repositories.length === limit) return { repositories, more: true }
      repositories.push(name)
    }
    const end = names.at(-1)
    if (end === undefined || names.length < STEP) return { repositories, more: false }
    after = end
  }
}

async function namesAfter(ctx: Context, cluster: Cluster, after: string): Promise<string[]> {
  const rows = await ctx.db.$queryRaw<{ name: string }[]>`
    SELECT name FROM repositories WHERE cluster = ${cluster.name} AND name > ${after} COLLATE "C" ORDER BY name LIMIT ${STEP}`
  return rows.map(({ name }) => name)
}
