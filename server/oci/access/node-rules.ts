import { type Action, type Actor, refusal } from '@/server/auth/permissions'
import { isAbove, writtenPath } from '@/server/oci/access/node-path'
import type { NodePermission, RuleEffect, RuleSubject } from '@/server/oci/access/schema'
import { MIRROR } from '@/server/oci/mirrored'

/** An entry of a node's access list. */
export interface Rule {
  /** Null for the one that is built in. */
  id: string | null
  /** Path of the node at which it stands; empty for the root. */
  node: string
  subject: RuleSubject
  /** Of the user or the team it names. */
  user: { id: string; name: string } | null
  team: { id: string; slug: string; name: string } | null
  permissions: readonly NodePermission[]
  effect: RuleEffect
  /** Holds for the nodes below as well. */
  inherited: boolean
  createdAt: Date | null
}

export interface Judgement {
  allowed: boolean
  /** For the person concerned. */
  reason: string
  /** The rule that decided, if one did. */
  rule?: Rule
}

/** What holds at the root of a cluster until somebody writes rules for it: who has a name may read. */
export const standardRule: Rule = {
  id: null,
  node: '',
  subject: 'signed_in',
  user: null,
  team: null,
  permissions: ['read'],
  effect: 'allow',
  inherited: true,
  createdAt: null,
}

/** The least that a role and a token's scopes must let one do for each. */
export const actionOf = {
  read: 'registry.pull',
  write: 'registry.push',
  remove: 'registry.remove',
  administer: 'registry.administer',
} as const satisfies Record<NodePermission, Action>

/** What holds below `mirror` while that node has no rules of its own: what the proxy serves to anybody, this does too. */
export const mirrorRule: Rule = { ...standardRule, node: MIRROR, subject: 'everyone' }

/** The rules that are built in: each holds at its node until that has rules of its own. */
export const builtInRules: readonly Rule[] = [standardRule, mirrorRule]

interface Question {
  /** The node concerned. */
  path: string
  actor: Actor
  permission: NodePermission
}

/**
 * Whether the actor may do this at a node.
 *
 * First role and scope (server/auth/permissions.ts); only reading needs no name. Then, unless the actor administers the
 * installation, the rules of the node and those of the nodes above that are inherited: a denial wins over every permission,
 * wherever either stands; without a rule that allows it, it is refused. `administer` includes the others when it is
 * allowed, and is itself alone when it is denied.
 *
 * A token that is bound to a team acts for that team: what is allowed to its owner in person, or by being an administrator,
 * does not count for it; what is denied to the owner does, or a token would be the way around it.
 * @param rules that stand on the way from the root to the node, in any order; others do not count.
 */
export function judge({ path, actor, permission }: Question, rules: readonly Rule[]): Judgement {
  const refused =
    actor.kind === 'anonymous' && permission === 'read' ? undefined : refusal(actor, actionOf[permission])
  if (refused !== undefined) return { allowed: false, reason: refused }
  if (actor.role === 'administrator' && actor.onlyTeam === undefined) {
    return { allowed: true, reason: 'Administrators of the installation may do this at every node.' }
  }
  let decisive: Rule | undefined
  for (const rule of rules) {
    if (!holdsAt(rule, path) || !concerns(rule, actor) || !speaksOf(rule, permission)) continue
    if (decisive === undefined || decidesBefore(rule, decisive)) decisive = rule
  }
  if (decisive === undefined) return { allowed: false, reason: unmentioned(path, actor, permission) }
  return { allowed: decisive.effect === 'allow', reason: sentence(decisive, permission), rule: decisive }
}

/** Whether the rule holds at this node: it stands there, or above and is inherited. */
export function holdsAt({ node, inherited }: Rule, path: string): boolean {
  return node === path || (inherited && isAbove(node, path))
}

function concerns({ subject, user, team, effect }: Rule, actor: Actor): boolean {
  switch (subject) {
    case 'everyone':
      return true
    case 'signed_in':
      return actor.kind !== 'anonymous'
    case 'team':
      return actor.teams.some(({ id }) => id === team?.id)
    case 'user':
      return (
        actor.userId !== null &&
        actor.userId === user?.id &&
        (actor.onlyTeam === undefined || effect === 'deny')
      )
  }
}

function speaksOf({ permissions, effect }: Rule, permission: NodePermission): boolean {
  return permissions.includes(permission) || (effect === 'allow' && permissions.includes('administer'))
}

const closeness: Record<RuleSubject, number> = { user: 3, team: 2, signed_in: 1, everyone: 0 }

/** A denial before a permission; of two alike the nearer to the node, then the one that names the actor more exactly. */
function decidesBefore(rule: Rule, other: Rule): boolean {
  if (rule.effect !== other.effect) return rule.effect === 'deny'
  if (rule.node.length !== other.node.length) return rule.node.length > other.node.length
  if (rule.subject !== other.subject) return closeness[rule.subject] > closeness[other.subject]
  return (rule.id ?? '') < (other.id ?? '')
}

function sentence(rule: Rule, permission: NodePermission): string {
  const verb = rule.effect === 'allow' ? 'allows' : 'denies'
  return `${writtenPath(rule.node)} ${verb} ${permission} to ${subjectOf(rule)}.`
}

function subjectOf({ subject, user, team }: Rule): string {
  switch (subject) {
    case 'everyone':
      return 'everyone'
    case 'signed_in':
      return 'everyone who is signed in'
    case 'team':
      return `the team ${team?.name}`
    case 'user':
      return String(user?.name)
  }
}

function unmentioned(path: string, actor: Actor, permission: NodePermission): string {
  const place = writtenPath(path)
  if (actor.kind === 'anonymous') return `Sign in, or send an API token: ${place} is not open to everyone.`
  const rules = path === '' ? `No rule of ${place}` : `No rule of ${place} or above it`
  if (actor.onlyTeam === undefined) return `${rules} allows ${permission}.`
  const team = actor.teams[0]?.name ?? actor.onlyTeam
  return `${rules} allows ${permission} to the team ${team}, and this token acts for that team alone.`
}
