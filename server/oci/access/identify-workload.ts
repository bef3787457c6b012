import type { JSONWebKeySet } from 'jose'
import type { Actor } from '@/server/auth/permissions'
import type { Scope } from '@/server/auth/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { type WorkloadRow, withTeam } from '@/server/oci/access/workload-rows'
import { claimsMatch, claimsOf, faultOfWorkloadToken } from '@/server/oci/access/workload-token'

const LAST_USED_STEP_MS = 60_000
/** Workloads of one issuer that are looked through. */
const MAX_OF_ISSUER = 1000
/** Signatures that are checked for one token. */
const MAX_CHECKED = 8

/**
 * The workload whose OIDC token this is. Where a token fits several, it is the first of them by name.
 * @throws AppError `unauthenticated` when it fits none, or is not signed by a pinned key, or its time is not now.
 */
export async function identifyWorkload(ctx: Context, token: string): Promise<Actor> {
  const claimed = claimsOf(token)
  if (typeof claimed?.iss !== 'string') throw refused('The token of the pipeline cannot be read.')
  const rows = await ctx.db.workloadIdentity.findMany({
    where: { issuer: claimed.iss },
    include: withTeam,
    orderBy: { name: 'asc' },
    take: MAX_OF_ISSUER,
  })
  if (rows.length === 0) throw refused('No workload identity has the issuer of this token.')
  const fitting = rows.filter((row) => claimsMatch(claimed, pinned(row))).slice(0, MAX_CHECKED)
  let fault = 'Its audience and claims are not those of a workload identity of its issuer.'
  for (const row of fitting) {
    const found = await faultOfWorkloadToken(token, pinned(row), ctx.now())
    if (found === undefined) return used(ctx, row)
    fault = found
  }
  throw refused(`The token of the pipeline is not accepted. ${fault}`)
}

/** The workload with this id, as it is now. @throws AppError `unauthenticated` when it is gone. */
export async function identifyWorkloadById(ctx: Context, id: string): Promise<Actor> {
  const row = await ctx.db.workloadIdentity.findUnique({ where: { id }, include: withTeam })
  if (row === null) throw refused('This workload identity was removed.')
  return actorOf(row)
}

function pinned({ issuer, audience, keys, claims }: WorkloadRow) {
  return {
    issuer,
    audience,
    keys: keys as unknown as JSONWebKeySet,
    claims: claims as Record<string, unknown>,
  }
}

async function used(ctx: Context, row: WorkloadRow): Promise<Actor> {
  const due = new Date(ctx.now().getTime() - LAST_USED_STEP_MS)
  if (row.lastUsedAt === null || row.lastUsedAt <= due) {
    await ctx.db.workloadIdentity.updateMany({ where: { id: row.id }, data: { lastUsedAt: ctx.now() } })
  }
  return actorOf(row)
}

/** A workload acts as a member, for its team alone. */
function actorOf({ id, name, team, scopes }: WorkloadRow): Actor {
  return {
    kind: 'token',
    id,
    userId: null,
    name: `workload ${name}`,
    role: 'member',
    teams: [team],
    onlyTeam: team.slug,
    scopes: scopes as Scope[],
  }
}

function refused(message: string): AppError {
  return new AppError('unauthenticated', message)
}
