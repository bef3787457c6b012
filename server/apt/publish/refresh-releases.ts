import { changeBranches } from '@/server/apt/publish/change-branches'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

interface Stale {
  repository_id: string
  name: string
}

/**
 * Publishes branches anew whose Release is past half of its time, so that Valid-Until never comes, and those that a crash kept
 * from being published at all. One that cannot be, such as
 * one whose last key has expired, does not keep the others from it.
 * @returns how many were.
 */
export async function refreshReleases(ctx: Context): Promise<number> {
  const stale = await ctx.db.$queryRaw<Stale[]>`
    SELECT b.repository_id, b.name FROM apt_branches b LEFT JOIN apt_publications p ON p.id = b.publication_id
    WHERE p.id IS NULL OR p.at < now() - b.valid_days * interval '12 hours'
    ORDER BY b.id`
  let refreshed = 0
  for (const { repository_id: repositoryId, name } of stale) {
    try {
      await refresh(ctx, repositoryId, name)
      refreshed += 1
    } catch (error) {
      ctx.log.error({ err: error, repositoryId, branch: name }, 'a Release could not be renewed')
    }
  }
  return refreshed
}

async function refresh(ctx: Context, repositoryId: string, name: string): Promise<void> {
  const request = { repositoryId, branches: [name], actor: system, cause: 'refresh' as const }
  await changeBranches(ctx, request, async (_tx, { branches, changes }) => {
    for (const { id } of branches.values()) changes.touch(id)
    return { result: undefined }
  })
}
