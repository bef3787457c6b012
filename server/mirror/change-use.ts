import type { z } from 'zod'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { isUniqueViolation, type Tx } from '@/server/db'
import { AppError, type FieldFault } from '@/server/errors'
import { notify } from '@/server/events'
import { presentUse, withPeople } from '@/server/mirror/get-file'
import { readLicence } from '@/server/mirror/read-use'
import type { Use, useChange } from '@/server/mirror/schema'
import { demandTag } from '@/server/mirror/tags'
import { noticeOf, subjectOf, withSubject } from '@/server/mirror/use-subject'

/** Which use, and the ETag that the change is based on. */
export interface UseStep {
  id: string
  ifMatch?: string | undefined
  dryRun?: boolean
}
type Change = z.infer<typeof useChange> & UseStep

/**
 * Changes what a team says of its use: reason, project, licence. Both the old and the new words are in the audit log.
 * @throws AppError `not_found`, `precondition_failed`; `invalid` when nothing is to change; `conflict` when the use is retired, or the team has a use for that project already.
 */
export async function changeUse(ctx: Context, actor: Actor, { dryRun, ...change }: Change): Promise<Use> {
  authorise(actor, 'use.change')
  const faults: FieldFault[] = []
  const licence = change.licence === undefined ? undefined : readLicence(change.licence, faults)
  if (faults[0]) throw new AppError('invalid', faults[0].message, { fields: faults })
  const data = {
    ...(change.reason !== undefined && { reason: change.reason }),
    ...(change.project !== undefined && { project: change.project || null }),
    ...(licence !== undefined && { licence }),
  }
  if (Object.keys(data).length === 0) throw new AppError('invalid', 'Say what to change.')
  return transact(ctx, { dryRun }, async (tx) => {
    const before = await holdUse(tx, actor, change)
    const after = await tx.use
      .update({ where: { id: before.id }, data, include: withPeople })
      .catch((error) => {
        if (!isUniqueViolation(error)) throw error
        throw new AppError(
          'conflict',
          `This team uses the ${before.subject.type} for that project already.`,
          { cause: error },
        )
      })
    const was = { reason: before.reason, project: before.project, licence: before.licence }
    await recordAudit(tx, ctx, actor, {
      action: 'use.change',
      subject: before.subject,
      details: { team: before.team.slug, before: was, after: data },
    })
    await notify(tx, noticeOf(before.subject))
    return presentUse(after)
  })
}

/**
 * A use in force that this actor may change, held still until the transaction ends.
 * @throws AppError `not_found`, `forbidden`, `precondition_failed`; `conflict` when it is retired.
 */
export async function holdUse(tx: Tx, actor: Actor, { id, ifMatch }: UseStep) {
  await tx.$queryRaw`SELECT 1 FROM uses WHERE id = ${id}::uuid FOR UPDATE`
  const use = await tx.use.findUnique({
    where: { id },
    include: { ...withPeople, ...withSubject },
  })
  if (!use) throw new AppError('not_found', 'There is no such use.')
  authorise(actor, 'use.change', { team: use.team.slug })
  demandTag(presentUse(use), ifMatch)
  if (use.retiredAt) throw new AppError('conflict', 'This use is retired already.')
  return { ...use, subject: subjectOf(use) }
}
