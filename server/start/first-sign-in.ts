import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureFirstAdministrator, type FirstAdministrator } from '@/server/auth/first-administrator'
import { readablePassword } from '@/server/auth/passwords'
import { newTokenSecret } from '@/server/auth/token-secret'
import type { Context } from '@/server/context'
import { writeDurably } from '@/server/start/durable-file'

/** Whom to sign in as; with what, until that has been shown once. */
export interface FirstSignIn extends FirstAdministrator {
  /** Call after it was shown; the secrets are forgotten then. */
  shown(): Promise<void>
}

/**
 * Makes the first administrator when there is nobody yet. What is generated is on disk (0600) before the account exists
 * and stays there until it was shown: a start that is cut off in between locks nobody out.
 * @returns undefined when there is no administrator who signs in with a password.
 */
export async function ensureFirstSignIn(ctx: Context): Promise<FirstSignIn | undefined> {
  const path = join(ctx.env.ENTREPOT_DATA, 'first-sign-in')
  const forget = () => rm(path, { force: true })
  const kept = await readKept(path)
  if ((await ctx.db.user.count({ take: 1 })) > 0) return kept ? { ...kept, shown: forget } : known(ctx)
  const made = kept ?? generate(ctx)
  await writeDurably(path, JSON.stringify(made), 0o600)
  const { email, password, token } = made
  const env = {
    ...ctx.env,
    ENTREPOT_ADMIN_EMAIL: email,
    ...(password !== undefined && { ENTREPOT_ADMIN_PASSWORD: password }),
    ...(token !== undefined && { ENTREPOT_ADMIN_TOKEN: token }),
  }
  if (await ensureFirstAdministrator({ ...ctx, env })) return { ...made, shown: forget }
  // Another start on the same database was first, with secrets of its own.
  await forget()
  return known(ctx)
}

/** The administrator who was there first. */
async function known(ctx: Context): Promise<FirstSignIn | undefined> {
  const user = await ctx.db.user.findFirst({
    where: { role: 'administrator', disabledAt: null, passwordHash: { not: null } },
    orderBy: { id: 'asc' },
    select: { email: true },
  })
  return user ? { email: user.email, shown: async () => undefined } : undefined
}

function generate({ env }: Context): FirstAdministrator {
  return {
    email: env.ENTREPOT_ADMIN_EMAIL,
    ...(env.ENTREPOT_ADMIN_PASSWORD === undefined && { password: readablePassword() }),
    ...(env.ENTREPOT_ADMIN_TOKEN === undefined && { token: newTokenSecret() }),
  }
}

async function readKept(path: string): Promise<FirstAdministrator | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : (JSON.parse(text) as FirstAdministrator)
}
