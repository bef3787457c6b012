import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import type { Workload } from '@/server/oci/access/schema'

export const withTeam = {
  team: { select: { id: true, slug: true, name: true } },
} satisfies Prisma.WorkloadIdentityInclude
export type WorkloadRow = Prisma.WorkloadIdentityGetPayload<{ include: typeof withTeam }>

/** A workload identity as the API shows it; its keys are public ones. */
export function presentWorkload(row: WorkloadRow): Workload {
  return {
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    audience: row.audience,
    keys: row.keys as Workload['keys'],
    claims: row.claims as Workload['claims'],
    team: row.team,
    scopes: row.scopes as Workload['scopes'],
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }
}

/** @throws AppError `invalid` when there is no such team. */
export async function teamIdOf(tx: Tx, slug: string): Promise<string> {
  const team = await tx.team.findUnique({ where: { slug }, select: { id: true } })
  if (team !== null) return team.id
  const message = `There is no team “${slug}”.`
  throw new AppError('invalid', message, { fields: [{ path: 'team', message }] })
}

/** For a name that another workload has. */
export function nameTaken(name: string, cause: unknown): AppError {
  const message = `A workload “${name}” exists already.`
  return new AppError('conflict', message, { cause, fields: [{ path: 'name', message }] })
}

export function noSuchWorkload(): AppError {
  return new AppError('not_found', 'There is no such workload identity.')
}

/** As the audit records one: who gets in by it, and what they may; of the keys their names. */
export function auditWorkload({ issuer, audience, claims, keys, team, scopes }: Workload) {
  return {
    issuer,
    audience,
    claims,
    keys: keys.keys.map((key) => String(key.kid ?? '')),
    team: team.slug,
    scopes,
  }
}
