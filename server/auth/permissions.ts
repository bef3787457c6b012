import type { Role, Scope } from '@/server/auth/schema'
import { AppError } from '@/server/errors'

/** Who acts. A token acts with the rights of its owner, cut down to its scopes and, if it names one, its team. */
export interface Actor {
  kind: 'user' | 'token' | 'system' | 'anonymous'
  /** The user's or the token's id. */
  id: string | null
  /** The person behind it. */
  userId: string | null
  name: string
  role: Role
  teams: { id: string; slug: string; name: string }[]
  /** Slug of the one team a token is bound to: it acts for no other, whoever owns it. */
  onlyTeam?: string
  scopes: readonly Scope[] | 'all'
}

export const anonymous: Actor = {
  kind: 'anonymous',
  id: null,
  userId: null,
  name: 'anonymous',
  role: 'viewer',
  teams: [],
  scopes: [],
}

/** Entrepôt itself: jobs, sweeps, first start. */
export const system: Actor = {
  ...anonymous,
  kind: 'system',
  name: 'Entrepôt',
  role: 'administrator',
  scopes: 'all',
}

const rank: Record<Role, number> = { viewer: 0, member: 1, maintainer: 2, administrator: 3 }

interface Rule {
  role: Role
  scope: Scope
  /** Below administrator, the actor must belong to the team concerned. */
  ownTeam?: true
  /** Below this role, the actor must own the thing concerned. */
  ownUnless?: Role
}

/** Every right there is. A new action does not compile without a rule. */
const rules = {
  'me.read': { role: 'viewer', scope: 'read' },
  'overview.read': { role: 'viewer', scope: 'read' },
  'file.read': { role: 'viewer', scope: 'read' },
  'file.declare': { role: 'member', scope: 'declare', ownTeam: true },
  'file.upload': { role: 'maintainer', scope: 'declare', ownTeam: true },
  'file.retry': { role: 'member', scope: 'declare' },
  'use.change': { role: 'member', scope: 'declare', ownTeam: true },
  'miss.read': { role: 'viewer', scope: 'read' },
  'miss.decide': { role: 'member', scope: 'declare' },
  'host.read': { role: 'viewer', scope: 'read' },
  'host.rule': { role: 'maintainer', scope: 'manage' },
  'image.read': { role: 'viewer', scope: 'read' },
  'image.declare': { role: 'member', scope: 'declare', ownTeam: true },
  'image.retry': { role: 'member', scope: 'declare' },
  'upstreamRegistry.read': { role: 'maintainer', scope: 'manage' },
  'upstreamRegistry.manage': { role: 'administrator', scope: 'administer' },
  // In the registry these are the least; what a node's rules say comes on top (server/oci/access).
  'registry.pull': { role: 'viewer', scope: 'read' },
  'registry.push': { role: 'member', scope: 'push' },
  'registry.remove': { role: 'member', scope: 'push' },
  'registry.administer': { role: 'member', scope: 'manage' },
  // A repository that belongs to a team is its members' to fill; others are every member's.
  'apt.read': { role: 'viewer', scope: 'read' },
  'apt.upload': { role: 'member', scope: 'push', ownTeam: true },
  'apt.move': { role: 'member', scope: 'move', ownTeam: true },
  'apt.approve': { role: 'maintainer', scope: 'move', ownTeam: true },
  'apt.manage': { role: 'maintainer', scope: 'manage', ownTeam: true },
  'apt.import': { role: 'administrator', scope: 'administer' },
  'archive.read': { role: 'viewer', scope: 'read' },
  'archive.manage': { role: 'administrator', scope: 'administer' },
  'workload.read': { role: 'maintainer', scope: 'manage' },
  'workload.manage': { role: 'administrator', scope: 'administer' },
  'proxy.use': { role: 'viewer', scope: 'proxy' },
  'task.read': { role: 'viewer', scope: 'read' },
  'task.cancel': { role: 'member', scope: 'declare', ownUnless: 'maintainer' },
  'audit.read': { role: 'maintainer', scope: 'manage' },
  'team.read': { role: 'viewer', scope: 'read' },
  'team.manage': { role: 'administrator', scope: 'administer' },
  'user.read': { role: 'maintainer', scope: 'manage' },
  'user.manage': { role: 'administrator', scope: 'administer' },
  'token.read': { role: 'viewer', scope: 'read' },
  'token.create': { role: 'viewer', scope: 'manage' },
  'token.revoke': { role: 'viewer', scope: 'manage', ownUnless: 'administrator' },
  'token.readAll': { role: 'administrator', scope: 'administer' },
  'authority.read': { role: 'viewer', scope: 'read' },
  'authority.manage': { role: 'administrator', scope: 'administer' },
} as const satisfies Record<string, Rule>

export type Action = keyof typeof rules
export const actions = Object.keys(rules) as Action[]

/** The least role and the scope that an action needs. */
export function ruleOf(action: Action): { role: Role; scope: Scope } {
  return rules[action]
}

/** True when the first role may all that the second may. */
export function atLeast(role: Role, least: Role): boolean {
  return rank[role] >= rank[least]
}

interface Concern {
  /** Slug of the team on whose behalf it happens. */
  team?: string
  /** User id of who owns the thing. */
  ownerId?: string | null
}

/** The reason why the actor may not, as a sentence for that person; undefined when allowed. The only place that decides. */
export function refusal(actor: Actor, action: Action, concern: Concern = {}): string | undefined {
  if (actor.kind === 'system') return undefined
  if (actor.kind === 'anonymous') return 'Sign in, or send an API token.'
  const rule: Rule = rules[action]
  if (actor.scopes !== 'all' && !actor.scopes.includes(rule.scope)) {
    return `This token lacks the scope “${rule.scope}”.`
  }
  if (!atLeast(actor.role, rule.role)) return `This needs the role ${rule.role}; you are ${actor.role}.`
  if (rule.ownTeam && concern.team !== undefined) {
    if (actor.onlyTeam !== undefined && actor.onlyTeam !== concern.team) {
      return `This token acts for the team “${actor.onlyTeam}” only.`
    }
    if (!actsFor(actor, concern.team)) return `You do not belong to the team “${concern.team}”.`
  }
  if (rule.ownUnless && !atLeast(actor.role, rule.ownUnless) && concern.ownerId !== actor.userId) {
    return `Only its owner or a ${rule.ownUnless} may do this.`
  }
  return undefined
}

function actsFor(actor: Actor, team: string): boolean {
  return actor.role === 'administrator' || actor.teams.some((own) => own.slug === team)
}

/**
 * Returns when the actor may; every surface calls this before it acts.
 * @throws AppError `unauthenticated` or `forbidden` with the reason.
 */
export function authorise(actor: Actor, action: Action, concern: Concern = {}): void {
  const reason = refusal(actor, action, concern)
  if (reason === undefined) return
  throw new AppError(actor.kind === 'anonymous' ? 'unauthenticated' : 'forbidden', reason)
}
