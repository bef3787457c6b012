import { findRepository } from '@/server/apt/repositories/find-repository'
import type { Snapshot } from '@/server/apt/schema'
import { snapshotIdOf } from '@/server/apt/serve/apt-path'
import type { SnapshotsQuery } from '@/server/apt/snapshots/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { decodeCursor, pageOf } from '@/server/http/cursor'

interface Asked extends SnapshotsQuery {
  repo: string
}

/**
 * What the branches of a repository showed, newest first.
 * @throws AppError `not_found`, `invalid` for a cursor that is not one.
 */
export async function listSnapshots(
  ctx: Context,
  actor: Actor,
  { repo, branch, limit, cursor }: Asked,
): Promise<{ items: Snapshot[]; nextCursor: string | null }> {
  authorise(actor, 'apt.read')
  const { branches } = await findRepository(ctx.db, repo)
  const chosen = branches.filter(({ name }) => branch === undefined || name === branch)
  if (chosen.length === 0) throw new AppError('not_found', `There is no branch “${branch}”.`)
  const byId = new Map(chosen.map((one) => [one.id, one]))
  const rows = await ctx.db.aptPublication.findMany({
    where: {
      branchId: { in: [...byId.keys()] },
      ...(cursor !== undefined && { id: { lt: positionOf(cursor) } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
    omit: { release: true, inRelease: true, detached: true, flat: true, lists: true },
  })
  const item = (row: (typeof rows)[number]): Snapshot => {
    const { name, publicationId } = byId.get(row.branchId) as (typeof chosen)[number]
    const { id, at, cause, causeId, actorName, packages, sources, size } = row
    return {
      ...{ id: String(id), branch: name, snapshotId: snapshotIdOf(at), at: at.toISOString() },
      ...{ cause, causeId, actorName, packages, sources, size: Number(size), current: id === publicationId },
    }
  }
  return pageOf(rows, limit, { key: ({ id }) => [String(id)], item })
}

function positionOf(cursor: string): bigint {
  const [id = ''] = decodeCursor(cursor, 1)
  if (!/^\d{1,18}$/.test(id))
    throw new AppError('invalid', 'This cursor is not one of ours. Start again without it.')
  return BigInt(id)
}
