import type { Overview } from '@/server/api/schema'
import { countApprovals } from '@/server/apt/moves/count-approvals'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { readMirrorOverview } from '@/server/mirror/read-overview'

/** What an operator wants to see first, of every domain that has something to say. @throws AppError `unauthenticated`, `forbidden`. */
export async function readOverview(ctx: Context, actor: Actor): Promise<Overview> {
  const [mirrored, waitingApprovals] = await Promise.all([
    readMirrorOverview(ctx, actor),
    countApprovals(ctx, actor),
  ])
  return { ...mirrored, waitingApprovals }
}
