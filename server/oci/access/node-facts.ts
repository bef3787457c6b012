import type { Pool } from 'pg'
import { nodesTo } from '@/server/oci/access/node-path'
import { builtInRules, type Rule } from '@/server/oci/access/node-rules'
import type { NodePermission, RuleEffect, RuleSubject } from '@/server/oci/access/schema'
import { isMirrored } from '@/server/oci/mirrored'

/** A node of a cluster, whether it exists or not. */
export interface Place {
  cluster: string
  /** Empty for the root. */
  path: string
}

interface RuleRow {
  cluster: string
  path: string
  /** Null for a node without rules, and with it all that a rule has. */
  id: string | null
  subject: RuleSubject
  user_id: string | null
  user_name: string | null
  team_id: string | null
  team_slug: string | null
  team_name: string | null
  permissions: NodePermission[]
  effect: RuleEffect
  inherited: boolean
  created_at: Date
}

const RULES = `
  SELECT asked.cluster, asked.path, r.id, r.subject, r.effect, r.inherited, r.created_at,
    r.permissions::text[] AS permissions, u.id AS user_id, u.name AS user_name,
    t.id AS team_id, t.slug AS team_slug, t.name AS team_name
  FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS given(cluster, path)) AS asked
  JOIN nodes AS n ON n.cluster = asked.cluster AND n.path = asked.path COLLATE "C"
  LEFT JOIN node_rules AS r ON r.node_id = n.id
  LEFT JOIN users AS u ON u.id = r.user_id
  LEFT JOIN teams AS t ON t.id = r.team_id
  ORDER BY r.id`

/** One row if any of the table is at the asked path, and one if any is below it: two look-ups in the index of its key. */
function anyOf(table: 'nodes' | 'repositories', column: string, { isTagged }: { isTagged: boolean }): string {
  const tagged =
    isTagged && table === 'repositories'
      ? 'AND EXISTS (SELECT FROM tags WHERE tags.repository_id = it.id)'
      : ''
  // What begins with a path and a slash sorts between that and the path with “0”, the character after the slash.
  const places = [
    `it.${column} = asked.path COLLATE "C"`,
    `it.${column} > (asked.path || '/') COLLATE "C" AND it.${column} < (asked.path || '0') COLLATE "C"`,
  ]
  return places
    .map(
      (place) =>
        `(SELECT ${isTagged} AS is_tagged FROM ${table} AS it
          WHERE it.cluster = asked.cluster AND ${place} ${tagged} LIMIT 1)`,
    )
    .join(' UNION ALL ')
}

const EXISTING = `
  SELECT asked.cluster, asked.path, bool_or(found.is_tagged) AS is_tagged
  FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS given(cluster, path)) AS asked
  CROSS JOIN LATERAL (
    ${anyOf('nodes', 'path', { isTagged: true })} UNION ALL
    ${anyOf('repositories', 'name', { isTagged: true })} UNION ALL
    ${anyOf('repositories', 'name', { isTagged: false })}
  ) AS found
  GROUP BY asked.cluster, asked.path`

/** As one text; no cluster's name has a slash. */
export function placeKey({ cluster, path }: Place): string {
  return `${cluster}/${path}`
}

/** The place that `placeKey` wrote. */
export function placeOfKey(key: string): Place {
  const slash = key.indexOf('/')
  return { cluster: key.slice(0, slash), path: key.slice(slash + 1) }
}

/**
 * The rules that stand on the way from the root to each node, inherited or not, the root's first. A root whose rules nobody
 * has written yet has the built-in one; one whose rules are all gone again, perhaps with the team they named, has none.
 * @param pool a connection, when it is to see what a transaction has changed.
 */
export async function readRules(pool: Pick<Pool, 'query'>, places: readonly Place[]): Promise<Rule[][]> {
  const ways = places.map(({ cluster, path }) => ({ cluster, nodes: nodesTo(path) }))
  const { rows } = await pool.query<RuleRow>({
    name: 'node-rules',
    text: RULES,
    values: [
      ways.flatMap(({ cluster, nodes }) => nodes.map(() => cluster)),
      ways.flatMap(({ nodes }) => nodes),
    ],
  })
  const standing = new Map<string, Rule[]>()
  for (const row of rows) {
    const key = placeKey(row)
    const own = standing.get(key) ?? []
    standing.set(key, own)
    if (row.id !== null) own.push(ruleOf(row, row.id))
  }
  return ways.map(({ cluster, nodes }) =>
    nodes.flatMap(
      (path) => standing.get(placeKey({ cluster, path })) ?? builtInRules.filter(({ node }) => node === path),
    ),
  )
}

/** The nearest node that exists, going up from one and beginning with it. */
export interface Nearest {
  /** A node exists when it is the root, has rules or was made, is a repository, or has any of these below it. */
  existing: string
  /**
   * The same, with repositories only once they have a tag, as in origin 001: what a first push makes on its way must not
   * take the right from it that the node above gave.
   */
  tagged: string
}

/** For each node the nearest that exists. @param pool as of `readRules`. */
export async function nearestExisting(
  pool: Pick<Pool, 'query'>,
  places: readonly Place[],
): Promise<Nearest[]> {
  const ways = places.map(({ cluster, path }) => ({ cluster, nodes: nodesTo(path) }))
  const { rows } = await pool.query<Place & { is_tagged: boolean }>({
    name: 'nodes-that-exist',
    text: EXISTING,
    values: [
      ways.flatMap(({ cluster, nodes }) => nodes.map(() => cluster)),
      ways.flatMap(({ nodes }) => nodes),
    ],
  })
  const isTagged = new Map(rows.map((row) => [placeKey(row), row.is_tagged]))
  return ways.map(({ cluster, nodes }) => {
    // Which images are mirrored is not asked here: whether it exists or not, a node below `mirror` has its rules.
    const whole = nodes.at(-1) ?? ''
    if (isMirrored(whole)) return { existing: whole, tagged: whole }
    return {
      existing: nodes.findLast((path) => isTagged.has(placeKey({ cluster, path }))) ?? '',
      tagged: nodes.findLast((path) => isTagged.get(placeKey({ cluster, path }))) ?? '',
    }
  })
}

function ruleOf(row: RuleRow, id: string): Rule {
  const { path, subject, permissions, effect, inherited, created_at, user_id, team_id } = row
  return {
    id,
    node: path,
    subject,
    user: user_id === null ? null : { id: user_id, name: String(row.user_name) },
    team: team_id === null ? null : { id: team_id, slug: String(row.team_slug), name: String(row.team_name) },
    permissions,
    effect,
    inherited,
    createdAt: created_at,
  }
}
