import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { encodeCursor } from '@/server/http/cursor'
import { decideNode, type NodeDecision } from '@/server/oci/access/decide-node'
import { readRules } from '@/server/oci/access/node-facts'
import { judge } from '@/server/oci/access/node-rules'
import type { NodePermission } from '@/server/oci/access/schema'
import type { Cluster } from '@/server/storage/clusters'

/** One cluster as one person may see it. Decisions are kept for as long as one request takes. */
export interface RegistryView {
  cluster: Cluster
  decide(permission: NodePermission, name: string): Promise<NodeDecision>
  /** Those of these nodes, which exist, that the person may read. */
  readable(names: readonly string[]): Promise<ReadonlySet<string>>
}

/**
 * @param cluster name of a cluster.
 * @throws AppError `unauthenticated`, `forbidden` for who may look at no image at all; `not_found` for a cluster that is
 *   not configured.
 */
export function viewOf(ctx: Context, actor: Actor, cluster: string): RegistryView {
  authorise(actor, 'registry.pull')
  const chosen = ctx.clusters.named(cluster)
  const decide = (permission: NodePermission, name: string) =>
    decideNode(ctx, chosen, { actor, grants: 'all' }, permission, name)
  return {
    cluster: chosen,
    decide,
    async readable(names) {
      const answers = chosen.users
        ? await Promise.all(names.map((name) => decide('read', name)))
        : await judgeAll(ctx, actor, cluster, names)
      return new Set(names.filter((_, index) => answers[index]?.allowed))
    },
  }
}

/** The same decision for many nodes with one query; as they exist, each is judged by its own rules. */
async function judgeAll(ctx: Context, actor: Actor, cluster: string, names: readonly string[]) {
  const rules = await readRules(
    ctx.pool,
    names.map((path) => ({ cluster, path })),
  )
  return names.map((path, index) => judge({ path, actor, permission: 'read' }, rules[index] ?? []))
}

/**
 * The view, for a repository that the person may read.
 * @throws AppError `forbidden` with the rule that decided, whether or not there is such a repository; `not_found`.
 */
export async function viewOfRepository(
  ctx: Context,
  actor: Actor,
  { cluster, name }: { cluster: string; name: string },
) {
  const view = viewOf(ctx, actor, cluster)
  const { allowed, reason } = await view.decide('read', name)
  if (!allowed) throw new AppError('forbidden', reason)
  const repository = await ctx.db.repository.findUnique({ where: { cluster_name: { cluster, name } } })
  if (!repository) throw new AppError('not_found', `There is no repository “${name}” in this cluster.`)
  return { ...view, repository }
}

/** Rows read at once, and how often for one page: who may read little is answered in bounded time, with a short page. */
const BATCH = 200
const BATCHES = 20

/**
 * A page of what the person may read of a list that is sorted by one text.
 * @param after the text after which the page starts.
 * @param read rows after a text, in order, at most so many.
 */
export async function readablePage<Row>(
  { limit, after }: { limit: number; after: string | undefined },
  read: (after: string | undefined, take: number) => Promise<Row[]>,
  { key, readable }: { key: (row: Row) => string; readable: (rows: Row[]) => Promise<readonly Row[]> },
): Promise<{ rows: Row[]; nextCursor: string | null }> {
  const rows: Row[] = []
  let last = after
  for (let batch = 0; batch < BATCHES; batch++) {
    const take = batch === 0 ? limit + 1 : BATCH
    const found = await read(last, take)
    for (const row of await readable(found)) {
      const before = rows.at(-1)
      if (rows.length === limit && before !== undefined)
        return { rows, nextCursor: encodeCursor([key(before)]) }
      rows.push(row)
    }
    const end = found.at(-1)
    if (end !== undefined) last = key(end)
    if (found.length < take) return { rows, nextCursor: null }
  }
  return { rows, nextCursor: last === undefined ? null : encodeCursor([last]) }
}
