import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { decideNode } from '@/server/oci/access/decide-node'
import { writtenPath } from '@/server/oci/access/node-path'
import { builtInRules, type Rule } from '@/server/oci/access/node-rules'
import type { NodeRule, NodeRuleInput } from '@/server/oci/access/schema'
import type { Cluster } from '@/server/storage/clusters'

/** Rules that one node has at most. */
const MAX_RULES = 200

export const withSubject = {
  user: { select: { id: true, name: true } },
  team: { select: { id: true, slug: true, name: true } },
} satisfies Prisma.NodeRuleInclude
type RuleRow = Prisma.NodeRuleGetPayload<{ include: typeof withSubject }>

/** A rule as the API shows it. */
export function presentRule({ createdAt, permissions, ...rule }: Rule): NodeRule {
  return { ...rule, permissions: [...permissions], createdAt: createdAt?.toISOString() ?? null }
}

export function presentRuleRow(row: RuleRow, node: string): NodeRule {
  const { id, subject, user, team, permissions, effect, inherited, createdAt } = row
  return presentRule({ id, node, subject, user, team, permissions, effect, inherited, createdAt })
}

/**
 * The cluster, for who may change the rules of this node; of one that does not exist yet, those of the nearest above.
 * @throws AppError `unauthenticated`, `forbidden` with the rule that decided; `not_found` for an unknown cluster;
 *   `conflict` for one that decides by permissions of its own.
 */
export async function administered(
  ctx: Context,
  actor: Actor,
  { cluster: name, path }: { cluster: string; path: string },
): Promise<Cluster> {
  authorise(actor, 'registry.administer')
  const cluster = withRules(ctx.clusters.named(name))
  const { allowed, reason } = await decideNode(ctx, cluster, { actor, grants: 'all' }, 'administer', path)
  if (!allowed) throw new AppError('forbidden', reason)
  return cluster
}

/** The cluster, if its nodes have rules here. @throws AppError `conflict`. */
export function withRules(cluster: Cluster): Cluster {
  if (!cluster.users) return cluster
  throw new AppError('conflict', `${cluster.name} decides by its own permissions: look at them there.`)
}

/** A node that is being changed, as the audit names it. */
export interface ChangedNode {
  id: string
  cluster: string
  path: string
}

/**
 * The row of a node, made if it was not there, and locked until the transaction ends.
 * @returns also whether it was there.
 */
export async function lockNode(
  tx: Tx,
  { cluster, path }: { cluster: string; path: string },
): Promise<ChangedNode & { wasThere: boolean }> {
  const { count } = await tx.node.createMany({ data: { cluster, path }, skipDuplicates: true })
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM nodes WHERE cluster = ${cluster} AND path = ${path} FOR UPDATE`
  // Who removed its last rule meanwhile has removed the node as well.
  if (row === undefined)
    throw new AppError('conflict', 'The rules of this node are being changed. Try again.')
  return { id: row.id, cluster, path, wasThere: count === 0 }
}

/** Writes rules of a node. @throws AppError `invalid` for a user or a team that is not there, or one rule too many. */
export async function writeRules(
  tx: Tx,
  node: ChangedNode,
  inputs: readonly NodeRuleInput[],
): Promise<NodeRule[]> {
  const written: NodeRule[] = []
  for (const [at, input] of inputs.entries()) {
    const row = await tx.nodeRule.create({
      data: { nodeId: node.id, ...(await ruleData(tx, input, `rules.${at}.`)) },
      include: withSubject,
    })
    written.push(presentRuleRow(row, node.path))
  }
  if ((await tx.nodeRule.count({ where: { nodeId: node.id } })) > MAX_RULES) {
    throw new AppError('invalid', `A node has at most ${MAX_RULES} rules.`)
  }
  return written
}

/** What is built in at a node, to be written down: the first rule that is added must not take away what held there. */
export function builtInAt(path: string): NodeRuleInput[] {
  return builtInRules
    .filter(({ node }) => node === path)
    .map(({ subject, permissions, effect, inherited }) => ({
      subject,
      permissions: [...permissions],
      effect,
      inherited,
    }))
}

/** Removes a node that was only there for its rules; one with built-in rules stays, or those would be back. */
export async function removeBareNode(tx: Tx, { id, path }: ChangedNode): Promise<void> {
  if (builtInAt(path).length > 0) return
  await tx.node.deleteMany({ where: { id, rules: { none: {} } } })
}

/**
 * The columns of a rule.
 * @param prefix of the field that is named when something is wrong.
 * @throws AppError `invalid` for a user or a team that is not there.
 */
export async function ruleData(tx: Tx, { user, team, ...rest }: NodeRuleInput, prefix = '') {
  const unknown = (field: string, message: string) =>
    new AppError('invalid', message, { fields: [{ path: `${prefix}${field}`, message }] })
  const known = {
    user: user === undefined ? null : await tx.user.findUnique({ where: { id: user }, select: { id: true } }),
    team:
      team === undefined ? null : await tx.team.findUnique({ where: { slug: team }, select: { id: true } }),
  }
  if (user !== undefined && known.user === null) throw unknown('user', 'There is no such user.')
  if (team !== undefined && known.team === null) throw unknown('team', `There is no team “${team}”.`)
  return { ...rest, userId: known.user?.id ?? null, teamId: known.team?.id ?? null }
}

/** A node as the audit names it: `hume://sys/admin`. */
export function auditSubject({ id, cluster, path }: ChangedNode) {
  return { type: 'node', id, name: `${cluster}:${writtenPath(path)}` }
}

/** A rule as the audit records it. */
export function auditDetails({ subject, user, team, permissions, effect, inherited }: NodeRule) {
  return { subject, user: user?.id ?? null, team: team?.slug ?? null, permissions, effect, inherited }
}

/** Tells every instance that rules have changed, when the transaction commits. */
export async function tellRulesChanged(tx: Tx, { id }: ChangedNode): Promise<void> {
  await notify(tx, { topic: 'access', id })
}
