import type { AptBranch, AptPublication, AptRepository } from '@/prisma/client/client'
import type { Branch, RepositoryDetail, RepositorySummary } from '@/server/apt/schema'
import type { Context } from '@/server/context'
import type { Prisma, Tx } from '@/server/db'
import { publicUrl } from '@/server/env'

const DAY_MS = 86_400_000

/** What presenting a repository needs of it. */
export const presented = {
  team: { select: { slug: true } },
  branches: {
    orderBy: { position: 'asc' },
    include: { publication: { select: { at: true, packages: true, sources: true, size: true } } },
  },
} as const satisfies Prisma.AptRepositoryInclude

type PresentedBranch = AptBranch & {
  publication: Pick<AptPublication, 'at' | 'packages' | 'sources' | 'size'> | null
}
export interface PresentedRepository extends AptRepository {
  team: { slug: string } | null
  branches: PresentedBranch[]
}

/** Repositories as a list shows them, in the order given. */
export async function presentRepositories(
  ctx: Context,
  db: Tx,
  rows: readonly PresentedRepository[],
): Promise<RepositorySummary[]> {
  const waiting = await db.aptMoveRequest.groupBy({
    by: ['repositoryId'],
    where: {
      repositoryId: { in: rows.map(({ id }) => id) },
      state: 'waiting',
      expiresAt: { gt: ctx.now() },
    },
    _count: true,
  })
  const counts = new Map(waiting.map(({ repositoryId, _count }) => [repositoryId, _count]))
  return rows.map((row) => ({
    ...facts(row),
    branches: row.branches.map(presentBranch),
    waitingRequests: counts.get(row.id) ?? 0,
    lastChangeAt: newest(row.branches),
  }))
}

/** One repository with its addresses and the keys that sign now. */
export async function presentRepository(
  ctx: Context,
  db: Tx,
  row: PresentedRepository,
): Promise<RepositoryDetail> {
  const [summary] = await presentRepositories(ctx, db, [row])
  const keys = await db.aptKey.findMany({
    where: {
      repositoryId: row.id,
      retiredAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.now() } }],
    },
    orderBy: { id: 'asc' },
    select: { fingerprint: true, algorithm: true, expiresAt: true },
  })
  return {
    ...(summary as RepositorySummary),
    url: `${publicUrl(ctx.env)}/apt/${row.name}`,
    uploadUrl: `${publicUrl(ctx.env)}/upload/${row.name}/`,
    keys: keys.map((key) => ({ ...key, expiresAt: key.expiresAt?.toISOString() ?? null })),
  }
}

/** One branch with what it shows. */
export function presentBranch({ publication, ...branch }: PresentedBranch): Branch {
  const { name, position, notAutomatic, butAutomaticUpgrades, validDays, approvalRequired, keepVersions } =
    branch
  const validUntil =
    publication === null || validDays === null
      ? null
      : new Date(publication.at.getTime() + validDays * DAY_MS).toISOString()
  return {
    ...{ name, position, notAutomatic, butAutomaticUpgrades, validDays, approvalRequired, keepVersions },
    packages: publication?.packages ?? 0,
    sources: publication?.sources ?? 0,
    size: Number(publication?.size ?? 0),
    publishedAt: publication?.at.toISOString() ?? null,
    validUntil,
  }
}

function facts({
  team,
  branches: _branches,
  teamId: _teamId,
  updatedAt: _updatedAt,
  ...row
}: PresentedRepository) {
  return { ...row, team: team?.slug ?? null, createdAt: row.createdAt.toISOString() }
}

function newest(branches: readonly PresentedBranch[]): string | null {
  const moments = branches.flatMap(({ publication }) => publication?.at.getTime() ?? [])
  return moments.length === 0 ? null : new Date(Math.max(...moments)).toISOString()
}
