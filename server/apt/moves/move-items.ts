import type { AptBranch, AptMoveKind } from '@/prisma/client/client'
import type { BranchTurn } from '@/server/apt/moves/find-problems'
import type { PlanPackage } from '@/server/apt/moves/schema'
import { place, unplace } from '@/server/apt/packages/placements'
import type { MovablePackage } from '@/server/apt/packages/read-namesakes'
import type { LockedBranches } from '@/server/apt/publish/change-branches'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

/** That one package leaves a branch, enters one, or both. Names of branches. */
export interface MoveItem {
  package: MovablePackage
  from: string | null
  to: string | null
}

interface NewMove {
  kind: AptMoveKind
  fromBranch: string | null
  toBranch: string | null
  reason: string | null
  items: readonly MoveItem[]
  undoesId?: string
}

const actions: Record<AptMoveKind, string> = {
  move: 'apt.move',
  copy: 'apt.copy',
  remove: 'apt.remove',
  undo: 'apt.undo',
  roll_back: 'apt.roll-back',
}
const MAX_TOLD = 50

/** What items mean for each branch that they change. */
export function turnsOf(items: readonly MoveItem[], branches: Iterable<AptBranch>): BranchTurn[] {
  return [...branches].flatMap((branch) => {
    const enters = items.filter(({ to }) => to === branch.name).map((item) => item.package.id)
    const leaves = items.filter(({ from }) => from === branch.name).map((item) => item.package.id)
    return enters.length + leaves.length === 0 ? [] : [{ branch, enters, leaves }]
  })
}

/**
 * Changes placements as the items say, and keeps the move with them and with who did it, in the transaction that publishes
 * the branches.
 * @returns the id of the move.
 */
export async function recordMove(
  ctx: Context,
  tx: Tx,
  locked: LockedBranches,
  actor: Actor,
  { items, ...move }: NewMove,
): Promise<string> {
  for (const { branch, enters, leaves } of turnsOf(items, locked.branches.values())) {
    const held = locked.branches.get(branch.name) as AptBranch
    await unplace(tx, locked, held, leaves)
    await place(tx, locked, held, enters)
  }
  const { repository } = locked
  const by = { actorType: actor.kind, actorId: actor.id, actorName: actor.name }
  const { id } = await tx.aptMove.create({
    data: { repositoryId: repository.id, ...move, ...by },
    select: { id: true },
  })
  await keepItems(
    tx,
    id,
    items.map((item) => ({ ...item, packageId: item.package.id })),
  )
  const sources = sourcesOf(items, move)
  await recordAudit(tx, ctx, actor, {
    action: actions[move.kind],
    subject: { type: 'apt_move', id, name: `${repository.name}: ${sources.slice(0, 3).join(', ')}` },
    details: {
      ...{ repository: repository.name, from: move.fromBranch, to: move.toBranch, reason: move.reason },
      ...{ packages: items.length, sources: sources.slice(0, MAX_TOLD) },
      ...(move.undoesId !== undefined && { undoes: move.undoesId }),
    },
  })
  return id
}

interface KeptItem extends Pick<MoveItem, 'from' | 'to'> {
  packageId: bigint
}

/** Keeps with a move where each package went, however many there are. */
export async function keepItems(tx: Tx, moveId: string, items: readonly KeptItem[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO apt_move_items (move_id, package_id, from_branch, to_branch)
    SELECT ${moveId}::uuid, package_id, from_branch, to_branch
    FROM unnest(${items.map(({ packageId }) => String(packageId))}::bigint[], ${items.map(({ from }) => from)}::text[],
      ${items.map(({ to }) => to)}::text[]) AS given (package_id, from_branch, to_branch)`
}

/** What moved, such as `hello 1.0`: without the older versions that made room for it, or came back instead of it. */
function sourcesOf(
  items: readonly MoveItem[],
  { fromBranch, toBranch }: Pick<NewMove, 'fromBranch' | 'toBranch'>,
): string[] {
  const hasOneEnd = fromBranch === null || toBranch === null
  const meant = items.filter(
    ({ from, to }) => hasOneEnd || (to === null ? from !== toBranch : from !== null || to !== fromBranch),
  )
  return [...new Set(meant.map((item) => `${item.package.sourceName} ${item.package.sourceVersion}`))]
}

export function planPackage(one: MovablePackage): PlanPackage {
  const { id, type, name, version, architecture, sourceName, sourceVersion } = one
  return { id: String(id), type, name, version, architecture, source: sourceName, sourceVersion }
}
