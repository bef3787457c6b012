import { changeBranches } from '@/server/apt/publish/change-branches'
import { repositorySubject } from '@/server/apt/repositories/settings'
import { recordAudit } from '@/server/audit/record'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

interface Bounded {
  id: string
  name: string
  keep_generations: number
  branches: string[]
}

/** However many there are: a client that read a Release, while it was shown, may still ask for its indexes. */
const KEPT_DAYS = 3

/**
 * Removes the oldest snapshots of repositories that keep only some, and the indexes that no other snapshot has. Packages stay.
 * All branches are held meanwhile, so that nobody publishes what is being removed. A repository where that fails keeps no other
 * from it.
 * @returns how many snapshots were removed.
 */
export async function forgetGenerations(ctx: Context): Promise<number> {
  const repositories = await ctx.db.$queryRaw<Bounded[]>`
    SELECT r.id, r.name, r.keep_generations, array_agg(b.name) AS branches
    FROM apt_repositories r JOIN apt_branches b ON b.repository_id = r.id
    WHERE r.keep_generations IS NOT NULL AND EXISTS (
      SELECT FROM apt_branches grown JOIN LATERAL (
        SELECT lag(p.at) OVER (ORDER BY p.id DESC) AS replaced_at
        FROM apt_publications p WHERE p.branch_id = grown.id ORDER BY p.id DESC OFFSET r.keep_generations) AS older
        ON older.replaced_at < now() - ${KEPT_DAYS} * interval '1 day'
      WHERE grown.repository_id = r.id)
    GROUP BY r.id`
  let forgotten = 0
  for (const repository of repositories) {
    try {
      forgotten += await forget(ctx, repository)
    } catch (error) {
      ctx.log.error({ err: error, repository: repository.name }, 'old snapshots could not be forgotten')
    }
  }
  return forgotten
}

function forget(ctx: Context, repository: Bounded): Promise<number> {
  const { id: repositoryId, keep_generations: keep, branches } = repository
  const request = { repositoryId, branches, all: true, actor: system, cause: 'settings' as const }
  return changeBranches(ctx, request, async (tx) => {
    const result = await removeGenerations(tx, repositoryId, keep)
    if (result === 0) return { result }
    await removeIndexes(tx, repositoryId)
    const subject = repositorySubject(repository)
    await recordAudit(tx, ctx, system, {
      action: 'apt.forget-snapshots',
      subject,
      details: { snapshots: result, keep },
    })
    return { result }
  })
}

function removeGenerations(tx: Tx, repositoryId: string, keep: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM apt_publications WHERE id IN (
      SELECT id FROM (
        SELECT p.id, row_number() OVER newest AS place, lag(p.at) OVER newest AS replaced_at
        FROM apt_publications p JOIN apt_branches b ON b.id = p.branch_id
        WHERE b.repository_id = ${repositoryId}::uuid
        WINDOW newest AS (PARTITION BY p.branch_id ORDER BY p.id DESC)) AS every
      WHERE place > ${keep} AND replaced_at < now() - ${KEPT_DAYS} * interval '1 day')`
}

/**
 * Removes what no publication is in need of: contents that no Release names, lists that neither publications nor contents are made
 * of, and runs that no list has. A content may be made of lists of a publication that is gone: of the first that had these bytes.
 */
async function removeIndexes(tx: Tx, repositoryId: string): Promise<void> {
  await tx.$executeRaw`
    WITH named AS (
      SELECT DISTINCT found[1] AS sha256
      FROM apt_publications p JOIN apt_branches b ON b.id = p.branch_id,
        regexp_matches(p.release || p.flat::text, ' ([0-9a-f]{64}) ', 'g') AS found
      WHERE b.repository_id = ${repositoryId}::uuid)
    DELETE FROM apt_index_contents c WHERE repository_id = ${repositoryId}::uuid
      AND NOT EXISTS (SELECT FROM named WHERE named.sha256 = c.sha256)`
  await tx.$executeRaw`
    WITH named AS (
      SELECT value::bigint AS id
      FROM apt_publications p JOIN apt_branches b ON b.id = p.branch_id, jsonb_each_text(p.lists)
      WHERE b.repository_id = ${repositoryId}::uuid
      UNION SELECT unnest(list_ids) FROM apt_index_contents WHERE repository_id = ${repositoryId}::uuid)
    DELETE FROM apt_lists l WHERE repository_id = ${repositoryId}::uuid
      AND NOT EXISTS (SELECT FROM named WHERE named.id = l.id)`
  await tx.$executeRaw`
    WITH named AS (SELECT DISTINCT unnest(run_ids) AS id FROM apt_lists WHERE repository_id = ${repositoryId}::uuid)
    DELETE FROM apt_runs r WHERE repository_id = ${repositoryId}::uuid
      AND NOT EXISTS (SELECT FROM named WHERE named.id = r.id)`
}
