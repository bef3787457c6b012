import type { AptBranch } from '@/prisma/client/client'
import { filesDigest } from '@/server/apt/moves/files-digest'
import { presentRequest } from '@/server/apt/moves/present-request'
import type { MoveRequest } from '@/server/apt/moves/schema'
import type { AskedPackage } from '@/server/apt/moves/select-sources'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

interface Asked {
  from: AptBranch
  to: AptBranch
  packages: readonly AskedPackage[]
  copy: boolean
  reason: string | null
  /** Packages that would come to the target. */
  enters: readonly bigint[]
}

/** How long a request waits for somebody to decide. */
const LIFETIME_MS = 7 * 86_400_000

/**
 * Asks for approval of a move, bound to the files that would move now. The same move asked for again is the request that waits
 * already. The branches are locked by the caller, so that two never ask at once.
 */
export async function openRequest(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { from, to, packages, copy, reason, enters }: Asked,
): Promise<MoveRequest> {
  const repository = { select: { name: true } }
  const wanted = { repositoryId: from.repositoryId, fromBranch: from.name, toBranch: to.name, copy }
  const bound = { ...wanted, filesDigest: await filesDigest(tx, enters) }
  const now = ctx.now()
  const waiting = await tx.aptMoveRequest.findFirst({
    where: { ...bound, state: 'waiting', expiresAt: { gt: now } },
    include: { repository },
    orderBy: { id: 'asc' },
  })
  if (waiting !== null) return presentRequest(waiting, actor)
  const request = await tx.aptMoveRequest.create({
    data: {
      ...bound,
      packages: packages.map(({ package: name, version }) => ({ package: name, version })),
      ...{ requesterId: actor.userId, requesterName: actor.name, reason },
      expiresAt: new Date(now.getTime() + LIFETIME_MS),
      createdAt: now,
    },
    include: { repository },
  })
  await recordAudit(tx, ctx, actor, {
    action: 'apt.request-open',
    subject: {
      type: 'apt_request',
      id: request.id,
      name: `${request.repository.name}: ${from.name} → ${to.name}`,
    },
    details: { packages: request.packages as object, filesDigest: bound.filesDigest, copy, reason },
  })
  return presentRequest(request, actor)
}
