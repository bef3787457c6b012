import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { NewToken, TokenInput } from '@/server/auth/schema'
import { hashToken, newTokenSecret, tokenPrefix } from '@/server/auth/token-secret'
import { presentToken, scopesOfRole, withOwner } from '@/server/auth/tokens'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

const DAY_MS = 86_400_000

/**
 * Makes a token for oneself, with no more than one's own rights: scopes of one's role, a team one belongs to. A token
 * that makes another cannot give it more than it has itself: neither scopes, nor another team, nor a longer life.
 * @returns the token with its secret, which is shown here and never again. A dry run shows no usable secret.
 * @throws AppError `invalid` for an unknown team; `forbidden` for rights one does not have.
 */
export async function createToken(
  ctx: Context,
  actor: Actor,
  { dryRun, ...input }: TokenInput & { dryRun?: boolean },
): Promise<NewToken> {
  authorise(actor, 'token.create')
  const { userId } = actor
  if (userId === null) throw new AppError('forbidden', 'A token belongs to a person.')
  const scopes = [...new Set(input.scopes)]
  const excess = excessOf(actor, { ...input, scopes })
  if (excess !== undefined) throw new AppError('forbidden', excess)
  const secret = newTokenSecret()
  return transact(ctx, { dryRun }, async (tx) => {
    const row = await tx.apiToken.create({
      data: {
        name: input.name,
        prefix: tokenPrefix(secret),
        hash: hashToken(secret),
        userId,
        teamId: input.team === undefined ? null : await ownTeam(tx, actor, input.team),
        scopes,
        expiresAt: await expiry(ctx, actor, input.expiresInDays),
      },
      include: withOwner,
    })
    await recordAudit(tx, ctx, actor, {
      action: 'token.create',
      subject: { type: 'token', id: row.id, name: row.name },
      details: {
        prefix: row.prefix,
        scopes,
        team: input.team ?? null,
        expiresAt: row.expiresAt?.toISOString() ?? null,
      },
    })
    return { ...presentToken(row), secret: dryRun ? 'ent_' : secret }
  })
}

/** What the wanted token would have too much; a sentence for the person. */
function excessOf(actor: Actor, { scopes, team }: Pick<TokenInput, 'scopes' | 'team'>): string | undefined {
  const allowed = scopesOfRole[actor.role].filter(
    (scope) => actor.scopes === 'all' || actor.scopes.includes(scope),
  )
  const beyond = scopes.find((scope) => !allowed.includes(scope))
  if (beyond !== undefined)
    return `You may not give the scope “${beyond}”; you may give ${allowed.join(', ')}.`
  if (actor.onlyTeam !== undefined && team !== actor.onlyTeam) {
    return `This token acts for the team “${actor.onlyTeam}” only, and so must the new one.`
  }
  if (team !== undefined && scopes.includes('administer')) {
    return 'A token of one team cannot have the scope “administer”, which concerns all teams.'
  }
  return undefined
}

async function ownTeam(tx: Tx, actor: Actor, slug: string): Promise<string> {
  const team = await tx.team.findUnique({ where: { slug }, select: { id: true } })
  if (!team) {
    const message = `There is no team “${slug}”.`
    throw new AppError('invalid', message, { fields: [{ path: 'team', message }] })
  }
  if (actor.role !== 'administrator' && !actor.teams.some((own) => own.id === team.id)) {
    throw new AppError('forbidden', `You do not belong to the team “${slug}”.`)
  }
  return team.id
}

async function expiry(ctx: Context, actor: Actor, days: number | null): Promise<Date | null> {
  const wanted = days === null ? null : new Date(ctx.now().getTime() + days * DAY_MS)
  if (actor.kind !== 'token' || actor.id === null) return wanted
  const { expiresAt } = await ctx.db.apiToken.findUniqueOrThrow({
    where: { id: actor.id },
    select: { expiresAt: true },
  })
  if (expiresAt === null || (wanted !== null && wanted < expiresAt)) return wanted
  return expiresAt
}
