import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { decideNode } from '@/server/oci/access/decide-node'
import { nearestExisting, readRules } from '@/server/oci/access/node-facts'
import { holdsAt } from '@/server/oci/access/node-rules'
import { presentRule, withRules } from '@/server/oci/access/rule-rows'
import type { NodePermission, NodeRules } from '@/server/oci/access/schema'

/**
 * The rules that hold at a node, with the nodes they come from, for whoever may read it.
 * @throws AppError `forbidden` with the rule that decided; `not_found` for an unknown cluster; `conflict` for one that
 *   decides by permissions of its own.
 */
export async function listNodeRules(
  ctx: Context,
  actor: Actor,
  { cluster: name, path }: { cluster: string; path: string },
): Promise<NodeRules> {
  authorise(actor, 'registry.pull')
  const cluster = withRules(ctx.clusters.named(name))
  const place = { cluster: name, path }
  const decide = (permission: NodePermission) =>
    decideNode(ctx, cluster, { actor, grants: 'all' }, permission, path)
  const [read, administer] = await Promise.all([decide('read'), decide('administer')])
  if (!read.allowed && !administer.allowed) throw new AppError('forbidden', read.reason)
  const [[rules = []], [nearest]] = await Promise.all([
    readRules(ctx.pool, [place]),
    nearestExisting(ctx.pool, [place]),
  ])
  return {
    cluster: name,
    path,
    exists: nearest?.existing === path,
    own: rules.filter(({ node }) => node === path).map(presentRule),
    inherited: rules
      .filter((rule) => rule.node !== path && holdsAt(rule, path))
      .sort((one, other) => other.node.length - one.node.length)
      .map(presentRule),
    mayAdminister: administer.allowed,
  }
}
