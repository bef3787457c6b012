import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { isUniqueViolation, type Prisma } from '@/server/db'
import { notify } from '@/server/events'
import { readPinnedKeys } from '@/server/oci/access/pinned-keys'
import type { Workload, WorkloadInput } from '@/server/oci/access/schema'
import {
  auditWorkload,
  nameTaken,
  presentWorkload,
  teamIdOf,
  withTeam,
} from '@/server/oci/access/workload-rows'

/**
 * Lets a pipeline sign in to the registry by the OIDC tokens of its issuer, as a member of a team.
 * @throws AppError `invalid` for keys that cannot be pinned or an unknown team; `conflict` when the name is taken.
 */
export async function createWorkload(
  ctx: Context,
  actor: Actor,
  { dryRun, team, keys, ...input }: WorkloadInput & { dryRun?: boolean },
): Promise<Workload> {
  authorise(actor, 'workload.manage')
  const pinned = await readPinnedKeys(keys.keys)
  try {
    return await transact(ctx, { dryRun }, async (tx) => {
      const row = await tx.workloadIdentity.create({
        data: {
          ...input,
          keys: pinned as unknown as Prisma.InputJsonObject,
          scopes: [...new Set(input.scopes)],
          teamId: await teamIdOf(tx, team),
        },
        include: withTeam,
      })
      const workload = presentWorkload(row)
      await recordAudit(tx, ctx, actor, {
        action: 'workload.create',
        subject: { type: 'workload', id: row.id, name: row.name },
        details: auditWorkload(workload),
      })
      await notify(tx, { topic: 'access', id: row.id })
      return workload
    })
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(input.name, error) : error
  }
}
