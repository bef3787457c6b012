import { recordAudit } from '@/server/audit/record'
import { system } from '@/server/auth/permissions'
import { type SignedIn, welcome } from '@/server/auth/sign-in'
import type { Context } from '@/server/context'
import { isUniqueViolation } from '@/server/db'
import { AppError } from '@/server/errors'

/** What the identity provider says about a person, in a signed ID token. */
export interface OidcIdentity {
  issuer: string
  subject: string
  name: string | undefined
  email: string | undefined
  emailVerified: boolean
}

/**
 * Signs in someone whom the identity provider vouches for: the person linked to `issuer|subject`, else the one with the
 * same verified e-mail address (linked from now on), else a new viewer.
 * @throws AppError `forbidden`, with `detail.reason` `disabled`, `no_email`, `unverified` or `linked_otherwise`.
 */
export async function signInWithOidc(ctx: Context, identity: OidcIdentity): Promise<SignedIn> {
  try {
    return await welcome(ctx, await findOrMake(ctx, identity))
  } catch (error) {
    // Two first sign-ins of one person at once: the other one made the account.
    if (isUniqueViolation(error)) return welcome(ctx, await findOrMake(ctx, identity))
    throw error
  }
}

async function findOrMake(ctx: Context, identity: OidcIdentity): Promise<string> {
  const oidcSubject = `${identity.issuer}|${identity.subject}`
  const linked = await ctx.db.user.findUnique({ where: { oidcSubject } })
  if (linked) return enabled(linked)
  const email = identity.email?.trim().toLowerCase()
  if (!email) throw refused('no_email', 'Your identity provider did not tell an e-mail address.')
  if (!identity.emailVerified) {
    throw refused('unverified', 'Your identity provider has not verified your e-mail address.')
  }
  const known = await ctx.db.user.findUnique({ where: { email } })
  if (!known) return makeViewer(ctx, { oidcSubject, email, name: identity.name?.trim() || email })
  if (known.oidcSubject) {
    throw refused('linked_otherwise', 'This e-mail address is linked to another identity already.')
  }
  enabled(known)
  return ctx.db.$transaction(async (tx) => {
    const { id } = await tx.user.update({
      where: { id: known.id, AND: { oidcSubject: null } },
      data: { oidcSubject },
    })
    await recordAudit(tx, ctx, system, {
      action: 'user.link',
      subject: { type: 'user', id, name: email },
      details: { issuer: identity.issuer },
    })
    return id
  })
}

function enabled(user: { id: string; disabledAt: Date | null }): string {
  if (user.disabledAt) throw refused('disabled', 'Your account is disabled.')
  return user.id
}

async function makeViewer(ctx: Context, data: { oidcSubject: string; email: string; name: string }) {
  return ctx.db.$transaction(async (tx) => {
    const { id } = await tx.user.create({ data: { ...data, name: data.name.slice(0, 100), role: 'viewer' } })
    await recordAudit(tx, ctx, system, {
      action: 'user.create',
      subject: { type: 'user', id, name: data.email },
      details: { role: 'viewer', signIn: 'oidc' },
    })
    return id
  })
}

function refused(reason: string, message: string): AppError {
  return new AppError('forbidden', message, { detail: { reason } })
}
