import { changeBranches } from '@/server/apt/publish/change-branches'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Db, Tx } from '@/server/db'

interface Stale {
  id: string
  repository_id: string
  name: string
}

/**
 * Publishes branches anew whose Release is past half of its time, so that Valid-Until never comes, and those that a crash kept
 * from being published at all. One that cannot be, such as one whose last key has expired, does not keep the others from it.
 * Several workers that do so at once publish each branch once.
 * @returns how many were.
 */
export async function refreshReleases(ctx: Context): Promise<number> {
  let refreshed = 0
  for (const stale of await staleBranches(ctx.db)) {
    const { repository_id: repositoryId, name: branch } = stale
    try {
      if (await refresh(ctx, stale)) refreshed += 1
    } catch (error) {
      ctx.log.error({ err: error, repositoryId, branch }, 'a Release could not be renewed')
    }
  }
  return refreshed
}

/** False where another worker renewed it while this one waited for the branch. */
function refresh(ctx: Context, { id, repository_id: repositoryId, name }: Stale): Promise<boolean> {
  const request = { repositoryId, branches: [name], actor: system, cause: 'refresh' as const }
  return changeBranches(ctx, request, async (tx, { changes }) => {
    const result = (await staleBranches(tx)).some((one) => one.id === id)
    if (result) changes.touch(id)
    return { result }
  })
}

function staleBranches(db: Db | Tx): Promise<Stale[]> {
  return db.$queryRaw<Stale[]>`
    SELECT b.id, b.repository_id, b.name FROM apt_branches b
    LEFT JOIN apt_publications p ON p.id = b.publication_id
    WHERE p.id IS NULL OR p.at < now() - b.valid_days * interval '12 hours'
    ORDER BY b.id`
}
