import { recordAudit } from '@/server/audit/record'
import { hashPassword, readablePassword } from '@/server/auth/passwords'
import { system } from '@/server/auth/permissions'
import { scope } from '@/server/auth/schema'
import { hashToken, newTokenSecret, tokenPrefix } from '@/server/auth/token-secret'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

/** What is printed once, at the first start; a secret that the operator gave is not repeated. */
export interface FirstAdministrator {
  email: string
  /** Present when it was generated. */
  password?: string
  /** Present when it was generated. */
  token?: string
}

/**
 * Makes the first administrator, their token and the first team (`platform`), when there is nobody yet. Any number of
 * processes may call it at once: one makes them.
 * @returns undefined when somebody exists already.
 */
export async function ensureFirstAdministrator(ctx: Context): Promise<FirstAdministrator | undefined> {
  if ((await ctx.db.user.count({ take: 1 })) > 0) return undefined
  const { ENTREPOT_ADMIN_EMAIL, ENTREPOT_ADMIN_PASSWORD, ENTREPOT_ADMIN_TOKEN } = ctx.env
  const password = ENTREPOT_ADMIN_PASSWORD ?? readablePassword()
  const secret = ENTREPOT_ADMIN_TOKEN ?? newTokenSecret()
  const email = ENTREPOT_ADMIN_EMAIL.toLowerCase()
  const passwordHash = await hashPassword(password)
  const isMade = await ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('entrepot: first administrator'))`
    if ((await tx.user.count({ take: 1 })) > 0) return false
    await make(tx, ctx, { email, passwordHash, secret })
    return true
  })
  if (!isMade) return undefined
  return {
    email,
    ...(ENTREPOT_ADMIN_PASSWORD === undefined && { password }),
    ...(ENTREPOT_ADMIN_TOKEN === undefined && { token: secret }),
  }
}

interface Given {
  email: string
  passwordHash: string
  secret: string
}

async function make(tx: Tx, ctx: Context, { email, passwordHash, secret }: Given): Promise<void> {
  const team = await tx.team.upsert({
    where: { slug: 'platform' },
    create: { slug: 'platform', name: 'Platform' },
    update: {},
  })
  const user = await tx.user.create({
    data: {
      email,
      name: 'Administrator',
      role: 'administrator',
      passwordHash,
      memberships: { create: { teamId: team.id } },
    },
  })
  const token = await tx.apiToken.create({
    data: {
      name: 'first start',
      prefix: tokenPrefix(secret),
      hash: hashToken(secret),
      userId: user.id,
      scopes: [...scope.options],
    },
  })
  await recordAudit(
    tx,
    ctx,
    system,
    { action: 'team.create', subject: { type: 'team', id: team.id, name: team.slug } },
    {
      action: 'user.create',
      subject: { type: 'user', id: user.id, name: email },
      details: { role: 'administrator' },
    },
    { action: 'token.create', subject: { type: 'token', id: token.id, name: token.name } },
  )
}
