import { createHash } from 'node:crypto'
import type { User } from '@/server/auth/schema'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'

export const withTeams = {
  memberships: {
    include: { team: { select: { id: true, slug: true, name: true } } },
    orderBy: { team: { slug: 'asc' } },
  },
} satisfies Prisma.UserInclude

type UserRow = Prisma.UserGetPayload<{ include: typeof withTeams }>

/**
 * One person as the API shows them. Whether there is a password is read here, and nowhere leaves the server.
 * @throws AppError `not_found`.
 */
export async function readUser(db: Tx, id: string): Promise<User> {
  const row = await db.user.findUnique({ where: { id }, include: withTeams, omit: { passwordHash: false } })
  if (!row) throw new AppError('not_found', 'There is no such user.')
  return presentUser(row)
}

export function presentUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    teams: row.memberships.map(({ team }) => team),
    signIn: [
      ...(row.passwordHash ? (['password'] as const) : []),
      ...(row.oidcSubject ? (['oidc'] as const) : []),
    ],
    lockedUntil: row.lockedUntil?.toISOString() ?? null,
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }
}

/** Changes when something does that a person edits; signing in does not count. */
export function userTag(user: User): string {
  const edited = { ...user, lockedUntil: null, lastSignInAt: null }
  return `"${createHash('sha256').update(JSON.stringify(edited)).digest('base64url').slice(0, 22)}"`
}

/**
 * The ids of teams by their slugs.
 * @throws AppError `invalid`, with a fault for each slug that no team has.
 */
export async function teamIds(db: Tx, slugs: readonly string[]): Promise<string[]> {
  const rows = await db.team.findMany({
    where: { slug: { in: [...slugs] } },
    select: { id: true, slug: true },
  })
  const known = new Set(rows.map(({ slug }) => slug))
  const fields = slugs.flatMap((slug, index) =>
    known.has(slug) ? [] : [{ path: `teams.${index}`, message: `There is no team “${slug}”.` }],
  )
  if (fields[0]) throw new AppError('invalid', fields[0].message, { fields })
  return rows.map(({ id }) => id)
}

/**
 * Holds the enabled administrators still until the transaction ends. Taken before the lock of any single person, so that
 * two changes never wait for each other.
 * @returns their ids.
 */
export async function holdAdministrators(tx: Tx): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE role = 'administrator' AND disabled_at IS NULL ORDER BY id FOR UPDATE`
  return rows.map(({ id }) => id)
}
