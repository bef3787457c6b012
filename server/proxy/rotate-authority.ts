import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { standings } from '@/server/proxy/authority-standing'
import { type AuthorityRow, addAuthority, newRoot } from '@/server/proxy/authority-store'
import { presentAuthorities } from '@/server/proxy/list-authorities'
import type { Authority, AuthorityRotation } from '@/server/proxy/schema'

const HOUR_MS = 3_600_000

/**
 * Makes a new root that signs after `overlapHours`. Until then clients are offered it beside the one that signs, so that
 * they trust it in time; afterwards the former one stays on offer until it is retired.
 * @throws AppError `conflict` while another one waits for its turn.
 */
export async function rotateAuthority(
  ctx: Context,
  actor: Actor,
  { overlapHours, dryRun }: AuthorityRotation & { dryRun?: boolean },
): Promise<Authority> {
  authorise(actor, 'authority.manage')
  const added = await newRoot(ctx, new Date(ctx.now().getTime() + overlapHours * HOUR_MS))
  const refuseSecond = (rows: AuthorityRow[]) => refuseWhileOneWaits(ctx, rows)
  const row = await addAuthority(ctx, actor, { added, dryRun, unless: refuseSecond })
  return presentAdded(ctx, row as AuthorityRow)
}

/** How a new authority stands beside those that were there. */
export async function presentAdded(ctx: Context, row: AuthorityRow): Promise<Authority> {
  const others = await ctx.db.authority.findMany({ where: { id: { not: row.id } } })
  return presentAuthorities([row, ...others], ctx.now())[0] as Authority
}

function refuseWhileOneWaits(ctx: Context, rows: AuthorityRow[]): false {
  const standing = standings(rows, ctx.now())
  const next = rows.find(({ id }) => standing.get(id) === 'next')
  if (next === undefined) return false
  const from = next.signsFrom.toISOString()
  throw new AppError(
    'conflict',
    `“${next.subject}” waits for its turn already; it signs from ${from}. Retire it first.`,
  )
}
