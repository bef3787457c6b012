import { changeBranches } from '@/server/apt/publish/change-branches'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

interface Bounded {
  id: string
  keep_generations: number
  branches: string[]
}

/** However many there are: a client that read a Release may still ask for its indexes. */
const KEPT_DAYS = 3

/**
 * Removes the oldest snapshots of repositories that keep only some, and the indexes that no other snapshot has. Packages stay.
 * All branches are held meanwhile, so that nobody publishes what is being removed.
 * @returns how many snapshots were removed.
 */
export async function forgetGenerations(ctx: Context): Promise<number> {
  const repositories = await ctx.db.$queryRaw<Bounded[]>`
    SELECT r.id, r.keep_generations, array_agg(b.name) AS branches
    FROM apt_repositories r JOIN apt_branches b ON b.repository_id = r.id
    WHERE r.keep_generations IS NOT NULL AND EXISTS (
      SELECT FROM (
        SELECT p.at FROM apt_publications p WHERE p.branch_id = b.id ORDER BY p.id DESC OFFSET r.keep_generations) AS older
      WHERE older.at < now() - ${KEPT_DAYS} * interval '1 day')
    GROUP BY r.id`
  let forgotten = 0
  for (const { id: repositoryId, keep_generations, branches } of repositories) {
    const request = { repositoryId, branches, actor: system, cause: 'settings' as const }
    forgotten += await changeBranches(ctx, request, async (tx) => {
      const result = await removeGenerations(tx, repositoryId, keep_generations)
      if (result > 0) await removeIndexes(tx, repositoryId)
      return { result }
    })
  }
  return forgotten
}

function removeGenerations(tx: Tx, repositoryId: string, keep: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM apt_publications WHERE id IN (
      SELECT id FROM (
        SELECT p.id, p.at, row_number() OVER (PARTITION BY p.branch_id ORDER BY p.id DESC) AS place
        FROM apt_publications p JOIN apt_branches b ON b.id = p.branch_id
        WHERE b.repository_id = ${repositoryId}::uuid) AS every
      WHERE place > ${keep} AND at < now() - ${KEPT_DAYS} * interval '1 day')`
}

/** What no publication names is removed: lists, then contents and runs that only those lists had. */
async function removeIndexes(tx: Tx, repositoryId: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM apt_lists WHERE repository_id = ${repositoryId}::uuid AND id NOT IN (
      SELECT value::bigint FROM apt_publications p JOIN apt_branches b ON b.id = p.branch_id, jsonb_each_text(p.lists)
      WHERE b.repository_id = ${repositoryId}::uuid)`
  await tx.$executeRaw`
    DELETE FROM apt_index_contents c WHERE repository_id = ${repositoryId}::uuid AND EXISTS (
      SELECT FROM unnest(c.list_ids) AS named (id)
      WHERE NOT EXISTS (SELECT FROM apt_lists l WHERE l.id = named.id))`
  await tx.$executeRaw`
    DELETE FROM apt_runs WHERE repository_id = ${repositoryId}::uuid AND id NOT IN (
      SELECT unnest(run_ids) FROM apt_lists WHERE repository_id = ${repositoryId}::uuid)`
}
