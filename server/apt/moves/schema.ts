import { z } from 'zod'
import { branchName, repositoryName } from '@/server/apt/schema'
import { instant, pageQuery } from '@/server/http/schema'

const sourceVersion = z.object({
  /** A source; or a binary package, which stands for its source. */
  package: z.string().trim().min(1, 'Name a package.').max(200),
  version: z.string().trim().min(1, 'Give a version.').max(200),
})

/** `POST /apt/moves`. */
export const moveInput = z.object({
  repository: repositoryName,
  packages: z.array(sourceVersion).min(1, 'Name at least one package.').max(500, 'Move at most 500 at once.'),
  from: branchName,
  to: branchName,
  /** They stay in `from` too. */
  copy: z.boolean().optional(),
  reason: z.string().trim().max(2000).optional(),
})
export type MoveInput = z.infer<typeof moveInput>

export const moveQuery = z.object({
  dryRun: z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => value === 'true'),
  /** `0`: a busy branch is refused (409) instead of waited for. */
  wait: z.enum(['0', '1']).optional(),
})

const planPackage = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  source: z.string(),
  sourceVersion: z.string(),
})
export type PlanPackage = z.infer<typeof planPackage>

export const planProblem = z.object({
  kind: z.enum(['unsatisfied', 'last_provider', 'downgrade']),
  /** Where it would be: the target, or the branch that is left. */
  branch: z.string(),
  /** The package that has the problem, with version and architecture. */
  package: z.string(),
  /** The relation that does not hold, as written. */
  relation: z.string().nullable(),
  message: z.string(),
})
export type PlanProblem = z.infer<typeof planProblem>

/** What a move would do. */
export const movePlan = z.object({
  moves: z.array(planPackage),
  /** Packages that are in the target already. */
  already: z.array(planPackage),
  /** Packages of the target that a newer one comes in front of; with `leaves` they leave the branch. */
  replaces: z.array(planPackage.extend({ leaves: z.boolean() })),
  /** Dependencies are looked at in a rehearsal only. */
  problems: z.array(planProblem),
  needsApproval: z.boolean(),
})
export type MovePlan = z.infer<typeof movePlan>

const moveFacts = {
  id: z.uuid(),
  repository: z.string(),
  kind: z.enum(['move', 'copy', 'remove', 'undo', 'roll_back']),
  fromBranch: z.string().nullable(),
  toBranch: z.string().nullable(),
  actorName: z.string(),
  reason: z.string().nullable(),
  at: instant,
  undoesId: z.uuid().nullable(),
  undoneById: z.uuid().nullable(),
}

export const moveSummary = z
  .object({
    ...moveFacts,
    /** What moved, by source. */
    sources: z.array(z.object({ source: z.string(), version: z.string() })),
    packages: z.number().int(),
  })
  .meta({ id: 'AptMoveSummary' })
export type MoveSummary = z.infer<typeof moveSummary>

export const moveDetail = moveSummary
  .extend({
    items: z.array(
      planPackage.extend({ fromBranch: z.string().nullable(), toBranch: z.string().nullable() }),
    ),
    requestId: z.uuid().nullable(),
  })
  .meta({ id: 'AptMove' })
export type MoveDetail = z.infer<typeof moveDetail>

export const requestState = z.enum(['waiting', 'approved', 'declined', 'withdrawn', 'expired'])

/** A move that waits for a second person. */
export const moveRequest = z
  .object({
    id: z.uuid(),
    repository: z.string(),
    fromBranch: z.string(),
    toBranch: z.string(),
    copy: z.boolean(),
    packages: z.array(sourceVersion),
    filesDigest: z.string(),
    state: requestState,
    requesterName: z.string(),
    /** Whether the caller asked for it: then somebody else must decide. */
    mine: z.boolean(),
    reason: z.string().nullable(),
    deciderName: z.string().nullable(),
    decision: z.string().nullable(),
    decidedAt: instant.nullable(),
    expiresAt: instant,
    moveId: z.uuid().nullable(),
    createdAt: instant,
  })
  .meta({ id: 'AptMoveRequest' })
export type MoveRequest = z.infer<typeof moveRequest>

/** What became of `POST /apt/moves`. */
export const moveOutcome = z
  .object({
    outcome: z.enum(['moved', 'already_there', 'planned', 'waits_for_approval']),
    plan: movePlan,
    move: moveDetail.nullable(),
    request: moveRequest.nullable(),
  })
  .meta({ id: 'AptMoveOutcome' })
export type MoveOutcome = z.infer<typeof moveOutcome>

export const movesQuery = pageQuery.extend({
  repository: repositoryName.optional(),
  branch: branchName.optional(),
  q: z.string().trim().max(200).optional(),
})
export type MovesQuery = z.infer<typeof movesQuery>

export const requestsQuery = pageQuery.extend({
  repository: repositoryName.optional(),
  state: requestState.optional(),
})
export type RequestsQuery = z.infer<typeof requestsQuery>

export const decisionInput = z.object({ reason: z.string().trim().max(2000).optional() })
export type DecisionInput = z.infer<typeof decisionInput>

/** `POST …/removals`: source versions that leave a branch; they stay in the pool. */
export const removalInput = z.object({
  packages: z.array(sourceVersion).min(1).max(500),
  branch: branchName,
  reason: z.string().trim().min(1, 'Say why: a sentence is enough.').max(2000),
})
export type RemovalInput = z.infer<typeof removalInput>
