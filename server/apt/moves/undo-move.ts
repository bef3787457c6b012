import { type MoveItem, recordMove } from '@/server/apt/moves/move-items'
import { presentMove } from '@/server/apt/moves/present-move'
import type { MoveDetail } from '@/server/apt/moves/schema'
import type { MovablePackage } from '@/server/apt/packages/read-namesakes'
import { changeBranches, type LockedBranches } from '@/server/apt/publish/change-branches'
import { concernOf } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

interface Undoing {
  id: string
  dryRun?: boolean
  /** False: a busy branch is refused instead of waited for. */
  wait?: boolean
}

interface ItemRow extends MovablePackage {
  fromBranch: string | null
  toBranch: string | null
  inFrom: boolean
  inTo: boolean
}

const MAX_NAMED = 5

/**
 * Takes a move back: each package of it returns to where it was, and nothing else changes. Also an undo can be undone. What comes
 * back into a branch that takes approved moves only needs the right to approve; so does the undo of a roll-back, as it did.
 * @throws AppError `not_found`; `conflict` when it was undone already, when a package is not any more where the move brought it,
 * or when a branch is busy, without `wait`; `forbidden`.
 */
export async function undoMove(
  ctx: Context,
  actor: Actor,
  { id, dryRun = false, wait = true }: Undoing,
): Promise<MoveDetail> {
  authorise(actor, 'apt.move')
  const repository = { include: { team: { select: { slug: true } } } }
  const move = await ctx.db.aptMove.findUnique({ where: { id }, include: { repository } })
  if (move === null) throw new AppError('not_found', 'There is no such move.')
  const concern = concernOf(move.repository)
  authorise(actor, 'apt.move', concern)
  if (await wasRollBack(ctx, id)) authorise(actor, 'apt.approve', concern)
  const { repositoryId, fromBranch, toBranch } = move
  const branches = await changedBranches(ctx, id)
  const change = { repositoryId, branches, actor, cause: 'undo' as const, wait, dryRun }
  return changeBranches(ctx, change, async (tx, locked) => {
    await refuseSecond(tx, id)
    const rows = await readItems(tx, repositoryId, id)
    refuseChanged(rows)
    const items = rows.map((row): MoveItem => ({ package: row, from: row.toBranch, to: row.fromBranch }))
    if (needsApprover(items, locked)) authorise(actor, 'apt.approve', concern)
    const ends = { fromBranch: toBranch, toBranch: fromBranch }
    const undo = { kind: 'undo' as const, ...ends, reason: null, items, undoesId: id }
    const causeId = await recordMove(ctx, tx, locked, actor, undo)
    return { result: (await presentMove(tx, causeId)) as MoveDetail, causeId }
  })
}

/** Whether it is a roll-back, or the undo of one, however often that was undone since. */
async function wasRollBack(ctx: Context, id: string): Promise<boolean> {
  const rows = await ctx.db.$queryRaw<unknown[]>`
    WITH RECURSIVE undone AS (
      SELECT kind, undoes_id FROM apt_moves WHERE id = ${id}::uuid
      UNION ALL SELECT m.kind, m.undoes_id FROM apt_moves m JOIN undone ON m.id = undone.undoes_id)
    SELECT 1 FROM undone WHERE kind = 'roll_back'`
  return rows.length > 0
}

async function changedBranches(ctx: Context, id: string): Promise<string[]> {
  const rows = await ctx.db.$queryRaw<{ name: string }[]>`
    SELECT from_branch AS name FROM apt_move_items WHERE move_id = ${id}::uuid AND from_branch IS NOT NULL
    UNION SELECT to_branch FROM apt_move_items WHERE move_id = ${id}::uuid AND to_branch IS NOT NULL`
  return rows.map(({ name }) => name)
}

async function refuseSecond(tx: Tx, id: string): Promise<void> {
  const undo = await tx.aptMove.findUnique({ where: { undoesId: id } })
  if (undo === null) return
  throw new AppError('conflict', `${undo.actorName} undid this already, at ${undo.at.toISOString()}.`, {
    detail: { undoneBy: undo.id },
  })
}

function readItems(tx: Tx, repositoryId: string, id: string): Promise<ItemRow[]> {
  return tx.$queryRaw<ItemRow[]>`
    SELECT k.id, k.type::text AS type, k.name, k.version, k.architecture, k.source_name AS "sourceName",
      k.source_version AS "sourceVersion", i.from_branch AS "fromBranch", i.to_branch AS "toBranch",
      coalesce(bool_or(b.name = i.from_branch), false) AS "inFrom",
      coalesce(bool_or(b.name = i.to_branch), false) AS "inTo"
    FROM apt_move_items i JOIN apt_packages k ON k.id = i.package_id
    LEFT JOIN (apt_placements p JOIN apt_branches b ON b.id = p.branch_id AND b.repository_id = ${repositoryId}::uuid)
      ON p.package_id = i.package_id
    WHERE i.move_id = ${id}::uuid
    GROUP BY k.id, i.from_branch, i.to_branch
    ORDER BY k.source_name, k.source_version, k.type = 'source', k.name, k.architecture`
}

/** An undo that guessed what to do with later changes would undo those as well. */
function refuseChanged(rows: readonly ItemRow[]): void {
  const changes = rows.flatMap(({ name, version, architecture, ...row }) => {
    const who = `${name} ${version} (${architecture})`
    if (row.toBranch !== null && !row.inTo) return [`${who} is not in ${row.toBranch} any more`]
    if (row.fromBranch !== null && row.inFrom) return [`${who} is in ${row.fromBranch} again`]
    return []
  })
  if (changes.length === 0) return
  const more = changes.length > MAX_NAMED ? `, and ${changes.length - MAX_NAMED} more` : ''
  throw new AppError(
    'conflict',
    `This changed since the move, so it cannot be undone: ${changes.slice(0, MAX_NAMED).join(', ')}${more}.`,
    { detail: { changes } },
  )
}

function needsApprover(items: readonly MoveItem[], { branches }: LockedBranches): boolean {
  return items.some(({ to }) => to !== null && branches.get(to)?.approvalRequired)
}
