import { z } from 'zod'
import { slug } from '@/server/auth/schema'
import { instant } from '@/server/http/schema'

/** `administer` includes the others; it lets one change the rules of a node. */
export const nodePermission = z.enum(['read', 'write', 'remove', 'administer'])
export type NodePermission = z.infer<typeof nodePermission>

/** `signed_in`: who has a name, as a person, by a token or as a workload. `everyone`: anonymous callers as well. */
export const ruleSubject = z.enum(['user', 'team', 'signed_in', 'everyone'])
export type RuleSubject = z.infer<typeof ruleSubject>

export const ruleEffect = z.enum(['allow', 'deny'])
export type RuleEffect = z.infer<typeof ruleEffect>

/** A node of a cluster: `sys/admin/images`, which people write `//sys/admin/images`; empty for the root. */
export const nodePath = z
  .string()
  .max(255, 'A path has at most 255 characters.')
  .transform((text) => text.replace(/^\/+|\/+$/g, ''))
  .refine(
    (path) =>
      path === '' || path.split('/').every((part) => /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(part)),
    'A node is written like sys/admin/images: lower-case letters, digits, and . _ - between them.',
  )

export const nodeRule = z
  .object({
    /** Null for the rule that is built in. */
    id: z.uuid().nullable(),
    /** Path of the node at which the rule stands. */
    node: z.string(),
    subject: ruleSubject,
    user: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    team: z.object({ id: z.uuid(), slug, name: z.string() }).nullable(),
    permissions: z.array(nodePermission),
    effect: ruleEffect,
    /** Holds for the nodes below as well. */
    inherited: z.boolean(),
    createdAt: instant.nullable(),
  })
  .meta({ id: 'NodeRule' })
export type NodeRule = z.infer<typeof nodeRule>

/** What holds at a node, and where each of it comes from. */
export const nodeRules = z
  .object({
    cluster: z.string(),
    path: z.string(),
    /** Whether there is a repository, rules, or anything below. */
    exists: z.boolean(),
    /** Rules that stand at this node. */
    own: z.array(nodeRule),
    /** Rules of the nodes above that hold here too, the nearest first; the built-in one last. */
    inherited: z.array(nodeRule),
    /** Whether the one who asks may change them. */
    mayAdminister: z.boolean(),
  })
  .meta({ id: 'NodeRules' })
export type NodeRules = z.infer<typeof nodeRules>

export const nodeRuleList = z.object({ items: z.array(nodeRule) }).meta({ id: 'NodeRuleList' })

/** A rule as it is written: `user` is an id, `team` a slug; each with its subject, and only with it. */
export const nodeRuleInput = z
  .object({
    subject: ruleSubject,
    user: z.uuid().optional(),
    team: slug.optional(),
    permissions: z
      .array(nodePermission)
      .min(1, 'Choose at least one permission.')
      .max(4)
      .transform((chosen) => nodePermission.options.filter((each) => chosen.includes(each))),
    effect: ruleEffect,
    inherited: z.boolean().default(true),
  })
  .refine(({ subject, user }) => (subject === 'user') === (user !== undefined), {
    path: ['user'],
    message: 'Name the user, for a rule about a user and for no other.',
  })
  .refine(({ subject, team }) => (subject === 'team') === (team !== undefined), {
    path: ['team'],
    message: 'Name the team, for a rule about a team and for no other.',
  })
  .meta({ id: 'NodeRuleInput' })
export type NodeRuleInput = z.infer<typeof nodeRuleInput>

/** The whole list of a node's own rules. */
export const nodeRulesInput = z.object({ rules: z.array(nodeRuleInput).max(200) })
export type NodeRulesInput = z.infer<typeof nodeRulesInput>

export const clusterParam = z.object({ cluster: z.string().max(63) })
export const ruleParam = clusterParam.extend({ id: z.uuid() })
/** The path of a node has slashes, so it is in the query. */
export const nodeQuery = z.object({ path: nodePath.default('') })

/** “Why may I not push?”: for oneself, or for a user (id) or a team (slug) by whoever administers the node. */
export const permissionQuestion = z
  .object({
    path: nodePath,
    permission: nodePermission,
    user: z.uuid().optional(),
    team: slug.optional(),
  })
  .refine(({ user, team }) => user === undefined || team === undefined, {
    path: ['team'],
    message: 'Ask about a user or about a team.',
  })
  .meta({ id: 'PermissionQuestion' })
export type PermissionQuestion = z.infer<typeof permissionQuestion>

export const permissionAnswer = z
  .object({
    allowed: z.boolean(),
    /** For the person concerned: “//sys/admin denies write to the team Platform.” */
    reason: z.string(),
    /** The rule that decided, if one did. */
    rule: nodeRule.nullable(),
    /** The node whose rules were asked: of what does not exist yet, the nearest one above that does. */
    judgedAt: z.string(),
  })
  .meta({ id: 'PermissionAnswer' })
export type PermissionAnswer = z.infer<typeof permissionAnswer>

/** What a pipeline may do in the registry: pull, push, or both. */
export const workloadScope = z.enum(['read', 'push'])
const claimValue = z.union([z.string().min(1).max(1000), z.number(), z.boolean()])
const jwk = z.record(z.string(), z.unknown())

const workloadFields = {
  name: z.string().trim().min(1, 'Give it a name.').max(100),
  /** Exactly as the token says it in `iss`. */
  issuer: z.url({ protocol: /^https?$/, error: 'An issuer is an http(s) URL.' }).max(500),
  audience: z.string().min(1, 'Give the audience that the token names in “aud”.').max(500),
  /** JWK set with public keys only. */
  keys: z.object({ keys: z.array(jwk).min(1, 'Pin at least one key.').max(20) }),
  /** Claims that must be there with exactly these values; `sub` may end in `*`. */
  claims: z
    .record(z.string().min(1).max(100), claimValue)
    .refine(
      (claims) => Object.keys(claims).length > 0,
      'Name at least one claim, or anybody of this issuer gets in.',
    )
    .refine((claims) => Object.keys(claims).length <= 30, 'Name at most 30 claims.')
    .refine(
      ({ sub }) => sub === undefined || (typeof sub === 'string' && sub !== '*'),
      'Say how “sub” begins.',
    ),
  scopes: z.array(workloadScope).min(1, 'Choose at least one scope.').max(2),
}

/** A pipeline that signs in to the registry with an OIDC token of its own. */
export const workload = z
  .object({
    ...workloadFields,
    id: z.uuid(),
    issuer: z.string(),
    team: z.object({ id: z.uuid(), slug, name: z.string() }),
    lastUsedAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Workload' })
export type Workload = z.infer<typeof workload>
export const workloadInput = z.object({ ...workloadFields, team: slug }).meta({ id: 'WorkloadInput' })
export type WorkloadInput = z.infer<typeof workloadInput>
export const workloadChange = workloadInput.partial().meta({ id: 'WorkloadChange' })
export type WorkloadChange = z.infer<typeof workloadChange>
