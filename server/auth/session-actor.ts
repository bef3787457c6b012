import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

/** Hours after which people sign in again. */
export const SESSION_HOURS = 12

export interface SessionClaims {
  userId: string
  /** `sessionVersion` of the person at sign-in. */
  version: number
  /** Seconds since the epoch of the sign-in. */
  since: number
}

/**
 * The person behind a session, read from the database at each use, so that a new role or team counts at once.
 * @returns undefined when the session is over: too old, from before a change of password or role, or of someone
 * disabled.
 */
export async function actorOfSession(ctx: Context, claims: SessionClaims): Promise<Actor | undefined> {
  if (claims.since * 1000 + SESSION_HOURS * 3_600_000 <= ctx.now().getTime()) return undefined
  return actorOfUser(ctx, { id: claims.userId, sessionVersion: claims.version })
}

interface Known {
  id: string
  /** When it has to be the same as then. */
  sessionVersion?: number
}

/** A person as they are now: role and teams included. @returns undefined for someone disabled or gone. */
export async function actorOfUser(ctx: Context, { id, sessionVersion }: Known): Promise<Actor | undefined> {
  const user = await ctx.db.user.findUnique({
    where: { id, disabledAt: null, ...(sessionVersion !== undefined && { sessionVersion }) },
    select: {
      id: true,
      name: true,
      role: true,
      memberships: {
        select: { team: { select: { id: true, slug: true, name: true } } },
        orderBy: { team: { slug: 'asc' } },
      },
    },
  })
  if (!user) return undefined
  return {
    kind: 'user',
    id: user.id,
    userId: user.id,
    name: user.name,
    role: user.role,
    teams: user.memberships.map(({ team }) => team),
    scopes: 'all',
  }
}
