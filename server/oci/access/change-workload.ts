import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { isUniqueViolation, type Prisma, type Tx } from '@/server/db'
import { notify } from '@/server/events'
import { readPinnedKeys } from '@/server/oci/access/pinned-keys'
import type { Workload, WorkloadChange } from '@/server/oci/access/schema'
import {
  auditWorkload,
  nameTaken,
  noSuchWorkload,
  presentWorkload,
  teamIdOf,
  withTeam,
} from '@/server/oci/access/workload-rows'

interface Which {
  id: string
  dryRun?: boolean
}

/**
 * Changes a workload identity, for instance its keys when the issuer gets new ones. Registry tokens that it has already
 * speak for it as it is now.
 * @throws AppError `invalid`, `not_found`, `conflict` when the name is taken.
 */
export async function changeWorkload(
  ctx: Context,
  actor: Actor,
  { id, dryRun, team, keys, scopes, ...rest }: WorkloadChange & Which,
): Promise<Workload> {
  authorise(actor, 'workload.manage')
  const pinned = keys === undefined ? undefined : await readPinnedKeys(keys.keys)
  try {
    return await transact(ctx, { dryRun }, async (tx) => {
      const before = await lockWorkload(tx, id)
      const row = await tx.workloadIdentity.update({
        where: { id },
        data: {
          ...rest,
          ...(pinned && { keys: pinned as unknown as Prisma.InputJsonObject }),
          ...(scopes && { scopes: [...new Set(scopes)] }),
          ...(team !== undefined && { teamId: await teamIdOf(tx, team) }),
        },
        include: withTeam,
      })
      const after = presentWorkload(row)
      await recordAudit(tx, ctx, actor, {
        action: 'workload.change',
        subject: { type: 'workload', id, name: row.name },
        details: { before: auditWorkload(before), after: auditWorkload(after) },
      })
      await notify(tx, { topic: 'access', id })
      return after
    })
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(String(rest.name), error) : error
  }
}

/**
 * Ends a workload identity, and every registry token it has. What it pushed stays.
 * @returns it as it was.
 * @throws AppError `not_found`.
 */
export async function removeWorkload(ctx: Context, actor: Actor, { id, dryRun }: Which): Promise<Workload> {
  authorise(actor, 'workload.manage')
  return transact(ctx, { dryRun }, async (tx) => {
    const before = await lockWorkload(tx, id)
    await tx.workloadIdentity.delete({ where: { id } })
    await recordAudit(tx, ctx, actor, {
      action: 'workload.remove',
      subject: { type: 'workload', id, name: before.name },
      details: auditWorkload(before),
    })
    await notify(tx, { topic: 'access', id })
    return before
  })
}

async function lockWorkload(tx: Tx, id: string): Promise<Workload> {
  await tx.$queryRaw`SELECT 1 FROM workload_identities WHERE id = ${id}::uuid FOR UPDATE`
  const row = await tx.workloadIdentity.findUnique({ where: { id }, include: withTeam })
  if (row === null) throw noSuchWorkload()
  return presentWorkload(row)
}
