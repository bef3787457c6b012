import type { AptMoveRequest } from '@/prisma/client/client'
import { expireRequests } from '@/server/apt/moves/expire-requests'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

/** A request with what rights about it are judged by. */
export type FoundRequest = AptMoveRequest & { repository: { name: string; team: { slug: string } | null } }

const repository = { select: { name: true, team: { select: { slug: true } } } }

/** The request with this id, in whatever state. @throws AppError `not_found`. */
export async function findRequest(ctx: Context, id: string): Promise<FoundRequest> {
  await expireRequests(ctx)
  const request = await ctx.db.aptMoveRequest.findUnique({ where: { id }, include: { repository } })
  if (request !== null) return request
  throw new AppError('not_found', 'There is no such request.')
}

/**
 * Holds the request until the end of the transaction, so that it is decided once.
 * @throws AppError `conflict` when it waits no longer.
 */
export async function holdWaiting(ctx: Context, tx: Tx, id: string): Promise<FoundRequest> {
  await tx.$queryRaw`SELECT id FROM apt_move_requests WHERE id = ${id}::uuid FOR UPDATE`
  const request = await tx.aptMoveRequest.findUniqueOrThrow({ where: { id }, include: { repository } })
  if (request.state === 'waiting' && request.expiresAt > ctx.now()) return request
  throw new AppError('conflict', whyNot(request))
}

function whyNot({ state, deciderName, decidedAt, expiresAt }: FoundRequest): string {
  if (state === 'waiting' || state === 'expired') {
    return `This request expired at ${expiresAt.toISOString()}. Ask again.`
  }
  return `${deciderName ?? 'Somebody'} has ${state} this request already, at ${decidedAt?.toISOString()}.`
}
