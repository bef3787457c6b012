import { listKind } from '@/server/apt/publish/lists'
import { runCache } from '@/server/apt/publish/run-cache'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

type Lists = Record<string, number>

/** Packages that only one of two publications has. */
export interface Comparison {
  onlyBefore: bigint[]
  onlyAfter: bigint[]
}

/**
 * Compares what two publications of a repository have. Runs that both name are not looked into, so that the cost follows
 * the difference.
 */
export async function comparePublications(
  ctx: Context,
  tx: Tx,
  before: Lists,
  after: Lists,
): Promise<Comparison> {
  const [runsBefore, runsAfter] = await Promise.all([runsOf(ctx, before), runsOf(ctx, after)])
  const [packagesBefore, packagesAfter] = await Promise.all([
    packagesOf(
      tx,
      [...runsBefore].filter((id) => !runsAfter.has(id)),
    ),
    packagesOf(
      tx,
      [...runsAfter].filter((id) => !runsBefore.has(id)),
    ),
  ])
  return {
    onlyBefore: [...packagesBefore].filter((id) => !packagesAfter.has(id)),
    onlyAfter: [...packagesAfter].filter((id) => !packagesBefore.has(id)),
  }
}

/** The lists of a publication of this branch. @throws AppError `not_found`. */
export async function readPublication(tx: Tx, branchId: string, id: string) {
  const row = await tx.aptPublication.findFirst({
    where: { id: BigInt(id), branchId },
    select: { id: true, at: true, lists: true },
  })
  if (row === null) throw new AppError('not_found', `This branch has no snapshot ${id}.`)
  return { ...row, lists: row.lists as Lists }
}

async function runsOf(ctx: Context, lists: Lists): Promise<Set<bigint>> {
  const ids = Object.entries(lists).flatMap(([name, id]) =>
    listKind(name) === 'stanzas' ? [BigInt(id)] : [],
  )
  const runs = await runCache(ctx).runsOf(ids)
  return new Set(runs.flat().map(({ id }) => id))
}

async function packagesOf(tx: Tx, runIds: readonly bigint[]): Promise<Set<bigint>> {
  if (runIds.length === 0) return new Set()
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT unnest(package_ids) AS id FROM apt_runs WHERE id = ANY(${runIds.map(String)}::bigint[])`
  return new Set(rows.map(({ id }) => id))
}
