import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { standings } from '@/server/proxy/authority-standing'
import type { AuthorityRow } from '@/server/proxy/authority-store'
import type { Authority } from '@/server/proxy/schema'

/** Every authority there ever was, the one whose turn to sign began last first. There are few: no pages. */
export async function listAuthorities(ctx: Context, actor: Actor): Promise<Authority[]> {
  authorise(actor, 'authority.read')
  const rows = await ctx.db.authority.findMany({ orderBy: [{ signsFrom: 'desc' }, { id: 'desc' }] })
  return presentAuthorities(rows, ctx.now())
}

/** Authorities as the API shows them, in the order given; never their keys. */
export function presentAuthorities(rows: readonly AuthorityRow[], now: Date): Authority[] {
  const standing = standings(rows, now)
  return rows.map((row) => ({
    id: row.id,
    origin: row.origin,
    subject: row.subject,
    fingerprint: row.fingerprint,
    notBefore: row.notBefore.toISOString(),
    notAfter: row.notAfter.toISOString(),
    signsFrom: row.signsFrom.toISOString(),
    retiredAt: row.retiredAt?.toISOString() ?? null,
    standing: standing.get(row.id) ?? 'retired',
  }))
}
