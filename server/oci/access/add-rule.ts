import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import {
  administered,
  auditDetails,
  auditSubject,
  builtInAt,
  lockNode,
  tellRulesChanged,
  writeRules,
} from '@/server/oci/access/rule-rows'
import type { NodeRule, NodeRuleInput } from '@/server/oci/access/schema'

/**
 * Adds a rule to a node, which exists from then on. The first rule of a node is added to what was built in there.
 * @throws AppError `forbidden` with the rule that decided, `invalid`, `not_found`, `conflict`.
 */
export async function addRule(
  ctx: Context,
  actor: Actor,
  {
    cluster: name,
    path,
    dryRun,
    ...input
  }: NodeRuleInput & { cluster: string; path: string; dryRun?: boolean },
): Promise<NodeRule> {
  const cluster = await administered(ctx, actor, { cluster: name, path })
  return transact(ctx, { dryRun }, async (tx) => {
    const node = await lockNode(tx, { cluster: cluster.name, path })
    if (!node.wasThere) await writeRules(tx, node, builtInAt(path))
    const [rule] = await writeRules(tx, node, [input])
    if (rule === undefined) throw new Error('a rule was not written')
    await recordAudit(tx, ctx, actor, {
      action: 'node.add-rule',
      subject: auditSubject(node),
      details: auditDetails(rule),
    })
    await tellRulesChanged(tx, node)
    return rule
  })
}
