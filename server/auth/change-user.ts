import { recordAudit } from '@/server/audit/record'
import { hashPassword } from '@/server/auth/passwords'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { User, UserChange } from '@/server/auth/schema'
import { holdAdministrators, readUser, teamIds, userTag } from '@/server/auth/users'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Prisma, Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'

export interface ChangeUser extends UserChange {
  id: string
  /** The tag the change is based on; without one it is made whatever happened meanwhile. */
  ifMatch?: string | undefined
  dryRun?: boolean
}

/**
 * Changes a person. A new role, a new password or disabling ends their sessions at the next request; a new password also
 * lifts a lock.
 * @throws AppError `not_found`; `precondition_failed`; `invalid` for an unknown team; `conflict` for the last
 * administrator.
 */
export async function changeUser(ctx: Context, actor: Actor, change: ChangeUser): Promise<User> {
  authorise(actor, 'user.manage')
  const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password)
  return transact(ctx, { dryRun: change.dryRun }, async (tx) => {
    const administrators = mayEndOffice(change) ? await holdAdministrators(tx) : []
    await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${change.id}::uuid FOR UPDATE`
    const before = await readUser(tx, change.id)
    if (change.ifMatch !== undefined && change.ifMatch !== userTag(before)) {
      throw new AppError(
        'precondition_failed',
        'This user was changed meanwhile. Look again before you change it.',
      )
    }
    if (mayEndOffice(change) && administrators.every((id) => id === change.id) && administrators.length > 0) {
      throw new AppError('conflict', 'This is the last administrator. Make someone else administrator first.')
    }
    await tx.user.update({
      where: { id: change.id },
      data: newFields(ctx, before, { ...change, passwordHash }),
    })
    if (change.teams) await setTeams(tx, change.id, change.teams)
    const after = await readUser(tx, change.id)
    await recordAudit(tx, ctx, actor, {
      action: 'user.change',
      subject: { type: 'user', id: change.id, name: after.email },
      details: { ...differences(before, after), ...(passwordHash && { password: 'set' }) },
    })
    await notify(tx, { topic: 'token' })
    return after
  })
}

function mayEndOffice({ role, disabled }: UserChange): boolean {
  return disabled === true || (role !== undefined && role !== 'administrator')
}

type NewFields = UserChange & { passwordHash: string | undefined }

function newFields(
  ctx: Context,
  before: User,
  { name, role, disabled, passwordHash }: NewFields,
): Prisma.UserUpdateInput {
  const isDisabled = before.disabledAt !== null
  const toggles = disabled !== undefined && disabled !== isDisabled
  const endsSessions = toggles || passwordHash !== undefined || (role !== undefined && role !== before.role)
  return {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...(toggles && { disabledAt: disabled ? ctx.now() : null }),
    ...(passwordHash !== undefined && { passwordHash, failedSignIns: 0, lockedUntil: null }),
    ...(endsSessions && { sessionVersion: { increment: 1 } }),
  }
}

async function setTeams(tx: Tx, userId: string, slugs: string[]): Promise<void> {
  const teams = await teamIds(tx, slugs)
  await tx.membership.deleteMany({ where: { userId, teamId: { notIn: teams } } })
  await tx.membership.createMany({ data: teams.map((teamId) => ({ userId, teamId })), skipDuplicates: true })
}

/** What changed, as `{field: {from, to}}`, for the audit log. */
function differences(before: User, after: User): Prisma.InputJsonObject {
  const facts = ({ name, role, teams, disabledAt }: User) => ({
    name,
    role,
    teams: teams.map(({ slug }) => slug),
    disabled: disabledAt !== null,
  })
  const [from, to] = [facts(before), facts(after)]
  const fields = Object.keys(to) as (keyof typeof to)[]
  const changed = fields.filter((field) => JSON.stringify(from[field]) !== JSON.stringify(to[field]))
  return Object.fromEntries(changed.map((field) => [field, { from: from[field], to: to[field] }]))
}
