import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import {
  administered,
  auditDetails,
  auditSubject,
  lockNode,
  removeBareNode,
  tellRulesChanged,
  writeRules,
} from '@/server/oci/access/rule-rows'
import type { NodeRule, NodeRulesInput } from '@/server/oci/access/schema'

/**
 * Puts these rules in the place of all that stand at a node. A root with none at all is closed to everybody but
 * administrators of the installation.
 * @throws AppError `forbidden` with the rule that decided, `invalid`, `not_found`, `conflict`.
 */
export async function replaceRules(
  ctx: Context,
  actor: Actor,
  {
    cluster: name,
    path,
    rules,
    dryRun,
  }: NodeRulesInput & { cluster: string; path: string; dryRun?: boolean },
): Promise<{ items: NodeRule[] }> {
  const cluster = await administered(ctx, actor, { cluster: name, path })
  return transact(ctx, { dryRun }, async (tx) => {
    const node = await lockNode(tx, { cluster: cluster.name, path })
    const { count } = await tx.nodeRule.deleteMany({ where: { nodeId: node.id } })
    const items = await writeRules(tx, node, rules)
    await removeBareNode(tx, node)
    await recordAudit(tx, ctx, actor, {
      action: 'node.replace-rules',
      subject: auditSubject(node),
      details: { removed: count, rules: items.map(auditDetails) },
    })
    await tellRulesChanged(tx, node)
    return { items }
  })
}
