import { type Actor, anonymous } from '@/server/auth/permissions'
import type { Scope } from '@/server/auth/schema'
import { hashToken, looksLikeToken, tokenOfHeader } from '@/server/auth/token-secret'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'

const LAST_USED_STEP_MS = 60_000

const team = { select: { id: true, slug: true, name: true } } as const
const withOwner = {
  team,
  user: { include: { memberships: { include: { team }, orderBy: { team: { slug: 'asc' } } } } },
} satisfies Prisma.ApiTokenInclude
type TokenRow = Prisma.ApiTokenGetPayload<{ include: typeof withOwner }>

/**
 * Who sends this Authorization (or Proxy-Authorization) header: the rights of the token's owner, cut down to its
 * scopes and team. The token's last use is written at most once a minute.
 * @throws AppError `unauthenticated` when it is no token, or one that is wrong, expired, revoked, or of a disabled owner.
 */
export async function identifyToken(ctx: Context, authorizationHeader: string): Promise<Actor> {
  const secret = tokenOfHeader(authorizationHeader)
  if (secret === undefined) {
    throw refused('Send an API token, as “Bearer ent_…” or as the password of Basic.')
  }
  if (!looksLikeToken(secret)) throw refused('This is not an API token. Tokens start with “ent_”.')
  return ofRow(
    ctx,
    await ctx.db.apiToken.findUnique({ where: { hash: hashToken(secret) }, include: withOwner }),
  )
}

/**
 * The token with this id, as it is now: for those who proved before that they have it.
 * @throws AppError `unauthenticated` as `identifyToken`.
 */
export async function identifyTokenById(ctx: Context, id: string): Promise<Actor> {
  return ofRow(ctx, await ctx.db.apiToken.findUnique({ where: { id }, include: withOwner }))
}

async function ofRow(ctx: Context, row: TokenRow | null): Promise<Actor> {
  if (!row) throw refused('This token is not known.')
  if (row.revokedAt) throw refused('This token was revoked.')
  if (row.expiresAt && row.expiresAt <= ctx.now()) throw refused('This token has expired.')
  if (row.user.disabledAt) throw refused('The owner of this token is disabled.')
  await noteUse(ctx, row)
  return actorOf(row)
}

/** Who sends this request, judged by its Authorization header alone; without one, nobody in particular. */
export async function identifyByToken(ctx: Context, request: Request): Promise<Actor> {
  const header = request.headers.get('authorization')
  return header === null ? anonymous : identifyToken(ctx, header)
}

function refused(message: string): AppError {
  return new AppError('unauthenticated', message)
}

async function noteUse(ctx: Context, { id, lastUsedAt }: TokenRow): Promise<void> {
  const now = ctx.now()
  const due = new Date(now.getTime() - LAST_USED_STEP_MS)
  if (lastUsedAt && lastUsedAt > due) return
  await ctx.db.apiToken.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: due } }] },
    data: { lastUsedAt: now },
  })
}

function actorOf(row: TokenRow): Actor {
  const own = row.user.memberships.map((membership) => membership.team)
  const mayActForAny = row.user.role === 'administrator'
  const teams = row.team
    ? [row.team].filter(({ id }) => mayActForAny || own.some((one) => one.id === id))
    : own
  return {
    kind: 'token',
    id: row.id,
    userId: row.userId,
    name: `${row.user.name} (token ${row.name})`,
    role: row.user.role,
    teams,
    ...(row.team && { onlyTeam: row.team.slug }),
    scopes: row.scopes as Scope[],
  }
}
