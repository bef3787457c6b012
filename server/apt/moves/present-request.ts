import type { AptMoveRequest } from '@/prisma/client/client'
import type { MoveRequest } from '@/server/apt/moves/schema'
import type { AskedPackage } from '@/server/apt/moves/select-sources'
import type { Actor } from '@/server/auth/permissions'

/** A request as this person sees it. */
export function presentRequest(
  row: AptMoveRequest & { repository: { name: string } },
  actor: Actor,
): MoveRequest {
  const { id, fromBranch, toBranch, copy, filesDigest, state, requesterName, reason } = row
  return {
    ...{
      id,
      repository: row.repository.name,
      fromBranch,
      toBranch,
      copy,
      filesDigest,
      state,
      requesterName,
      reason,
    },
    packages: row.packages as unknown as AskedPackage[],
    mine: row.requesterId !== null && row.requesterId === actor.userId,
    ...{ deciderName: row.deciderName, decision: row.decision, moveId: row.moveId },
    decidedAt: row.decidedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  }
}
