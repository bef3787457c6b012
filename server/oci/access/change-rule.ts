import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import {
  administered,
  auditDetails,
  auditSubject,
  type ChangedNode,
  lockNode,
  presentRuleRow,
  removeBareNode,
  ruleData,
  tellRulesChanged,
  withSubject,
} from '@/server/oci/access/rule-rows'
import type { NodeRule, NodeRuleInput } from '@/server/oci/access/schema'

interface Which {
  cluster: string
  /** Of the rule. */
  id: string
  dryRun?: boolean
}

/** Puts one rule in the place of another, at the same node. @throws AppError `forbidden`, `invalid`, `not_found`, `conflict`. */
export async function changeRule(
  ctx: Context,
  actor: Actor,
  { cluster, id, dryRun, ...input }: NodeRuleInput & Which,
): Promise<NodeRule> {
  const place = await administeredRule(ctx, actor, { cluster, id })
  return transact(ctx, { dryRun }, async (tx) => {
    const { node, before } = await lockRule(tx, place, id)
    const row = await tx.nodeRule.update({
      where: { id },
      data: await ruleData(tx, input),
      include: withSubject,
    })
    const after = presentRuleRow(row, node.path)
    await recordAudit(tx, ctx, actor, {
      action: 'node.change-rule',
      subject: auditSubject(node),
      details: { before: auditDetails(before), after: auditDetails(after) },
    })
    await tellRulesChanged(tx, node)
    return after
  })
}

/**
 * Takes a rule away. A node that was only there for it is gone with it; one with built-in rules stays, without any.
 * @returns the rule as it was.
 * @throws AppError `forbidden`, `not_found`, `conflict`.
 */
export async function removeRule(
  ctx: Context,
  actor: Actor,
  { cluster, id, dryRun }: Which,
): Promise<NodeRule> {
  const place = await administeredRule(ctx, actor, { cluster, id })
  return transact(ctx, { dryRun }, async (tx) => {
    const { node, before } = await lockRule(tx, place, id)
    await tx.nodeRule.delete({ where: { id } })
    await removeBareNode(tx, node)
    await recordAudit(tx, ctx, actor, {
      action: 'node.remove-rule',
      subject: auditSubject(node),
      details: auditDetails(before),
    })
    await tellRulesChanged(tx, node)
    return before
  })
}

/** Where a rule stands, for who may change it. Whether there is one is told to nobody else. */
async function administeredRule(
  ctx: Context,
  actor: Actor,
  { cluster, id }: { cluster: string; id: string },
) {
  authorise(actor, 'registry.administer')
  const { name } = ctx.clusters.named(cluster)
  const rule = await ctx.db.nodeRule.findFirst({
    where: { id, node: { cluster: name } },
    select: { node: { select: { path: true } } },
  })
  const place = { cluster: name, path: rule?.node.path ?? '' }
  await administered(ctx, actor, place)
  if (rule === null) throw gone()
  return place
}

async function lockRule(
  tx: Tx,
  place: { cluster: string; path: string },
  id: string,
): Promise<{ node: ChangedNode; before: NodeRule }> {
  const node = await lockNode(tx, place)
  const row = await tx.nodeRule.findUnique({ where: { id }, include: withSubject })
  if (row === null) throw gone()
  return { node, before: presentRuleRow(row, node.path) }
}

function gone(): AppError {
  return new AppError('not_found', 'There is no such rule.')
}
