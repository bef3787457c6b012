import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Team } from '@/server/auth/schema'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'

export const withCounts = {
  _count: { select: { memberships: true, uses: { where: { retiredAt: null } } } },
} satisfies Prisma.TeamInclude

type TeamRow = Prisma.TeamGetPayload<{ include: typeof withCounts }>

/** One team by its id or its slug. @throws AppError `not_found`. */
export async function readTeam(db: Tx, idOrSlug: string): Promise<Team> {
  const where = z.uuid().safeParse(idOrSlug).success ? { id: idOrSlug } : { slug: idOrSlug }
  const row = await db.team.findUnique({ where, include: withCounts })
  if (!row) throw new AppError('not_found', `There is no team “${idOrSlug}”.`)
  return presentTeam(row)
}

export function presentTeam(row: TeamRow): Team {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    members: row._count.memberships,
    activeUses: row._count.uses,
    createdAt: row.createdAt.toISOString(),
  }
}

/** Changes when the name does; members and uses come and go by themselves. */
export function teamTag({ id, slug, name }: Team): string {
  return `"${createHash('sha256')
    .update(JSON.stringify([id, slug, name]))
    .digest('base64url')
    .slice(0, 22)}"`
}
