import type { Role, Scope, Token } from '@/server/auth/schema'
import type { Prisma } from '@/server/db'

export const withOwner = {
  user: { select: { id: true, name: true } },
  team: { select: { slug: true, name: true } },
} satisfies Prisma.ApiTokenInclude

type TokenRow = Prisma.ApiTokenGetPayload<{ include: typeof withOwner; omit: { hash: true } }>

export function presentToken(row: TokenRow): Token {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    owner: row.user,
    team: row.team,
    scopes: row.scopes as Scope[],
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }
}

/** The scopes that mean anything for someone of this role. */
export const scopesOfRole: Record<Role, readonly Scope[]> = {
  viewer: ['read', 'proxy', 'manage'],
  member: ['read', 'declare', 'push', 'move', 'proxy', 'manage'],
  maintainer: ['read', 'declare', 'push', 'move', 'proxy', 'manage'],
  administrator: ['read', 'declare', 'push', 'move', 'proxy', 'manage', 'administer'],
}
