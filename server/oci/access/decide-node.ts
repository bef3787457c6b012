import { LRUCache } from 'lru-cache'
import { type Actor, refusal } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import type { Notices } from '@/server/events'
import type { Eventually } from '@/server/http/eventually'
import type { Caller } from '@/server/oci/access/caller'
import {
  type Nearest,
  nearestExisting,
  placeKey,
  placeOfKey,
  readRules,
} from '@/server/oci/access/node-facts'
import { writtenPath } from '@/server/oci/access/node-path'
import { actionOf, judge, type Rule } from '@/server/oci/access/node-rules'
import type { NodePermission } from '@/server/oci/access/schema'
import type { Cluster } from '@/server/storage/clusters'

export interface NodeDecision {
  allowed: boolean
  /** For the person concerned. */
  reason: string
  /** The rule that decided, if one did. */
  rule?: Rule
  /** The node whose rules were asked. */
  judgedAt?: string
  /** The rules would allow it, but the registry token that was sent was not issued for it: another one may be. */
  missingGrant?: true
}

/** What is known about a node. */
interface Facts {
  nearest: Nearest
  /** All that stand on the way from the root to the node. */
  rules: readonly Rule[]
}

const CAPACITY = 20_000
/** How long a node that has a tag is taken to be there, and as it was should the notices not come. */
const KNOWN_MS = 5_000

/**
 * What callers may do to nodes, for the registry's doors: at once when the node is known. Rules are forgotten when they
 * change, and that a node is absent when a repository comes; both within 10 s should the notices not come.
 */
export class NodeAccess {
  readonly #rules: BatchedCache<readonly Rule[]>
  readonly #nearest: BatchedCache<Nearest>
  /** Of nodes that have a tag, or rules of their own: what is pulled. They need not be asked for again at each push. */
  readonly #known = new LRUCache<string, Facts>({ max: CAPACITY, ttl: KNOWN_MS })
  readonly #stopListening: (() => void)[]

  constructor(ctx: Context, notices: Notices) {
    this.#rules = new BatchedCache<readonly Rule[]>({
      load: (keys) => byKey(keys, (places) => readRules(ctx.pool, places)),
      keep: () => 'until_told',
      capacity: CAPACITY,
    })
    this.#nearest = new BatchedCache<Nearest>({
      load: (keys) => byKey(keys, (places) => nearestExisting(ctx.pool, places)),
      keep: () => 'until_told',
      capacity: CAPACITY,
    })
    this.#stopListening = [
      notices.on('access', () => {
        this.#rules.forgetPassing()
        this.#forgetPlaces()
      }),
      // A repository that came makes nodes exist; that one went is noticed in time, and until then its rules still hold.
      notices.on('repository', (id) =>
        id === undefined ? this.#forgetPlaces() : this.#nearest.forgetPassing(),
      ),
    ]
  }

  /**
   * Whether the caller may do this to a repository or node.
   * @param name `sys/admin/images/ubuntu`; empty for the root.
   */
  decide(cluster: Cluster, caller: Caller, right: NodePermission, name: string): Eventually<NodeDecision> {
    if (cluster.users) return decideThere(cluster, caller, right, name)
    const key = placeKey({ cluster: cluster.name, path: name })
    const known = this.#known.get(key)
    if (known !== undefined) return decideWith(known, caller, right, name)
    const rules = this.#rules.get(key)
    const nearest = this.#nearest.get(key)
    if (nearest instanceof Promise || rules instanceof Promise) {
      return Promise.all([nearest, rules]).then(([found, standing]) =>
        decideWith({ nearest: found, rules: standing }, caller, right, name),
      )
    }
    const facts = { nearest, rules }
    if (nearest.tagged === name) this.#known.set(key, facts)
    return decideWith(facts, caller, right, name)
  }

  close(): void {
    for (const stop of this.#stopListening) stop()
  }

  #forgetPlaces(): void {
    this.#nearest.forgetPassing()
    this.#known.clear()
  }
}

async function byKey<Value>(
  keys: string[],
  read: (places: ReturnType<typeof placeOfKey>[]) => Promise<Value[]>,
): Promise<Map<string, Value>> {
  const values = await read(keys.map(placeOfKey))
  return new Map(keys.map((key, at) => [key, values[at] as Value]))
}

/** The same decision, from the database as it is: for the portal and the admin API. */
export async function decideNode(
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  right: NodePermission,
  name: string,
): Promise<NodeDecision> {
  if (cluster.users) return decideThere(cluster, caller, right, name)
  const place = { cluster: cluster.name, path: name }
  const [[rules = []], [nearest = { existing: '', tagged: '' }]] = await Promise.all([
    readRules(ctx.pool, [place]),
    nearestExisting(ctx.pool, [place]),
  ])
  return decideWith({ nearest, rules }, caller, right, name)
}

/**
 * Origin 001: pull needs read, and who has a name may try to read what is absent, for a push begins with that; push needs
 * write on the nearest node that exists; delete needs remove, and what is absent may be deleted. For the others the nearest
 * one above stands in for what is absent, with those of its rules, too, that are not inherited.
 */
function decideWith(
  { nearest, rules }: Facts,
  caller: Caller,
  right: NodePermission,
  name: string,
): NodeDecision {
  const { actor } = caller
  const judgedAt = right === 'write' ? nearest.tagged : nearest.existing
  const mayBeAbsent = (right === 'read' || right === 'remove') && actor.kind !== 'anonymous'
  const decision =
    judgedAt !== name && mayBeAbsent
      ? decideAbsent(actor, right, name)
      : { ...judge({ path: judgedAt, actor, permission: right }, rules), judgedAt }
  return decision.allowed && !hasGrant(caller, right, name) ? withoutGrant(right, name) : decision
}

function decideAbsent(actor: Actor, right: NodePermission, name: string): NodeDecision {
  const refused = refusal(actor, actionOf[right])
  return refused === undefined
    ? {
        allowed: true,
        reason: `${writtenPath(name)} does not exist, so there is nothing to refuse.`,
        judgedAt: name,
      }
    : { allowed: false, reason: refused }
}

const grantOf: Record<NodePermission, string | undefined> = {
  read: 'pull',
  write: 'push',
  remove: 'delete',
  administer: undefined,
}

function hasGrant({ grants }: Caller, right: NodePermission, name: string): boolean {
  if (grants === 'all') return true
  const wanted = grantOf[right]
  return grants.some(
    (grant) =>
      grant.type === 'repository' &&
      grant.name === name &&
      wanted !== undefined &&
      (grant.actions.includes(wanted) || grant.actions.includes('*')),
  )
}

function withoutGrant(right: NodePermission, name: string): NodeDecision {
  const reason = `The registry token that was sent is not for ${grantOf[right] ?? right} of ${name}.`
  return { allowed: false, reason, missingGrant: true }
}

/** What a cluster with users of its own says; people without a token of it are only let in to administer the installation. */
async function decideThere(
  { name: cluster, users }: Cluster,
  { actor, clusterUser }: Caller,
  right: NodePermission,
  name: string,
): Promise<NodeDecision> {
  if (users === undefined) throw new Error(`${cluster} has no users of its own.`)
  if (right === 'administer') {
    return { allowed: false, reason: `${cluster} decides by its own permissions: change them there.` }
  }
  if (clusterUser !== undefined) return users.decide(clusterUser.token, clusterUser.login, right, name)
  const refused = refusal(actor, actionOf[right])
  if (refused !== undefined) return { allowed: false, reason: refused }
  return actor.role === 'administrator' && actor.onlyTeam === undefined
    ? { allowed: true, reason: 'Administrators of the installation may do this at every node.' }
    : { allowed: false, reason: `${cluster} wants a token of its own, as the password of Basic.` }
}
